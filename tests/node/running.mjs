// What a controller can ask about streams that run, and what it can do to them.
import { strict as assert } from 'node:assert'
import { next, until } from './endpoint.mjs'
import { OPUS, VP8 } from './streams.mjs'

export function assertNumbers(object, ...names) {
  for (const name of names) assert.equal(typeof object[name], 'number', `${name} of ${JSON.stringify(object)}`)
}

export async function checkStreamFigures({ audio, video, heard, seen, incoming, transport }) {
  const [inbound] = await until(async () => {
    const stats = await audio.getStats()
    return stats.length > 0 && stats[0].packetCount >= 10 && stats[0].bitrate > 0 && stats
  }, 'the producer counts')
  assert.deepEqual([inbound.type, inbound.ssrc, inbound.kind], ['inbound-rtp', OPUS.ssrc, 'audio'])
  assert.equal(inbound.mimeType.toLowerCase(), 'audio/opus')
  assertNumbers(inbound, 'timestamp', 'byteCount', 'packetsLost', 'fractionLost', 'jitter', 'nackCount', 'pliCount', 'score')
  assert.equal(inbound.packetsLost, 0)
  const stats = await seen.getStats()
  const outbound = stats.find((entry) => entry.type === 'outbound-rtp')
  assert.equal(outbound.ssrc, seen.rtpParameters.encodings[0].ssrc)
  assert.ok(outbound.packetCount >= 10 && outbound.byteCount > 0)
  assert.ok(stats.some((entry) => entry.type === 'inbound-rtp' && entry.ssrc === VP8.ssrc), 'its source is told too')
  const [pictures] = await video.getStats()
  assert.ok(pictures.pliCount >= 1)

  await until(() => audio.score.length === 1 && audio.score[0].score === 10, 'the producer is rated')
  assert.equal(audio.score[0].ssrc, OPUS.ssrc)
  assert.deepEqual(Object.keys(heard.score).sort(), ['producerScore', 'producerScores', 'score'])
  const [received] = await incoming.getStats()
  const [sent] = await transport.getStats()
  assert.ok(received.rtpBytesReceived > 0 && received.bytesReceived >= received.rtpBytesReceived)
  assert.ok(sent.rtpBytesSent > 0 && sent.bytesSent >= sent.rtpBytesSent)
}

export async function checkPauses({ audio, heard, received }) {
  const told = next(heard, 'producerpause')
  await audio.pause()
  await told
  assert.ok(audio.paused && heard.producerPaused)
  const counted = received()
  const before = (await audio.getStats())[0].packetCount
  await until(async () => (await audio.getStats())[0].packetCount >= before + 10, 'the sender goes on')
  // What was under way when the answer came may still arrive.
  assert.ok(received() <= counted + 2, 'a paused producer is not passed on')
  const again = next(heard, 'producerresume')
  await audio.resume()
  await again
  await until(() => received() >= counted + 10, 'sound arrives again')

  await heard.pause()
  assert.ok(heard.paused)
  assert.equal((await heard.dump()).paused, true)
  await heard.resume()
  const resumed = received()
  await until(() => received() >= resumed + 10, 'sound arrives after the consumer resumed')
}

export async function checkDumps({ router, incoming, transport, audio, video, heard, seen }) {
  const source = await audio.dump()
  assert.deepEqual([source.id, source.kind, source.type, source.paused], [audio.id, 'audio', 'simple', false])
  assert.equal(source.rtpStreams.length, 1)
  assert.equal(source.rtpStreams[0].params.ssrc, OPUS.ssrc)
  const sink = await seen.dump()
  assert.deepEqual([sink.id, sink.producerId, sink.kind, sink.type], [seen.id, video.id, 'video', 'simple'])
  assert.equal(sink.rtpStream.params.ssrc, seen.rtpParameters.encodings[0].ssrc)
  assert.deepEqual([sink.paused, sink.producerPaused], [false, false])
  const from = await incoming.dump()
  assert.deepEqual([...from.producerIds].sort(), [audio.id, video.id].sort())
  assert.ok(from.rtpListener.ssrcTable.some((entry) => entry.key === OPUS.ssrc && entry.value === audio.id))
  assert.ok(from.rtpListener.midTable.some((entry) => entry.key === 'a' && entry.value === audio.id))
  const to = await transport.dump()
  assert.deepEqual([...to.consumerIds].sort(), [heard.id, seen.id].sort())
  assert.ok(to.mapSsrcConsumerId.some((entry) => entry.value === heard.id))
  const all = await router.dump()
  assert.deepEqual(all.mapConsumerIdProducerId.map((entry) => entry.key).sort(), [heard.id, seen.id].sort())
}
