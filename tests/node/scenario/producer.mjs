import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { writeSenderReport } from '../rtp.mjs'
import { VP8, movingShape, opusParameters, opusShape, orientedParameters, orientedShape, vp8Parameters, vp8Shape } from '../streams.mjs'

async function video(stage, parameters = vp8Parameters()) {
  const transport = await stage.plain()
  return { transport, producer: await transport.produce({ kind: 'video', rtpParameters: parameters }) }
}

export const steps = {
  async 'counts, rates and describes what comes'(stage) {
    const { transport, producer } = await video(stage)
    const rated = next(producer, 'score')
    await stage.send(transport, vp8Shape)
    const [[score]] = await rated
    assert.equal(score.ssrc, VP8.ssrc)
    await until(async () => (await producer.getStats())[0].packetCount >= 10, 'it counts')
    const dump = await producer.dump()
    assert.deepEqual([dump.id, dump.kind, dump.type, dump.paused], [producer.id, 'video', 'simple', false])
  },

  async 'is rated zero when its sender falls silent'(stage) {
    const { transport, producer } = await video(stage)
    const endpoint = await stage.endpoint()
    const stream = endpoint.stream(transport.tuple.localPort, vp8Shape)
    await until(() => producer.score[0]?.score === 10, 'it is rated')
    stream.stop()
    await until(() => producer.score[0].score === 0, 'silence is noticed')
  },

  async 'pauses and resumes'(stage) {
    const { producer } = await video(stage)
    await producer.pause()
    assert.equal((await producer.dump()).paused, true)
    await producer.resume()
    assert.equal((await producer.dump()).paused, false)
  },

  async 'traces packets, key frames, reports and what it asks for'(stage) {
    const { transport, producer } = await video(stage)
    const seen = new Set()
    producer.on('trace', ({ type, direction }) => seen.add(`${type} ${direction}`))
    await producer.enableTraceEvent(['rtp', 'keyframe', 'nack', 'pli', 'fir', 'sr'])
    const endpoint = await stage.send(transport, { ...movingShape, lost: (sequence) => sequence === 130 })
    const { transport: outgoing } = await stage.receiver()
    const viewer = await outgoing.consume({ producerId: producer.id, rtpCapabilities: stage.router.rtpCapabilities })
    await until(() => seen.has('rtp in') && seen.has('keyframe in') && seen.has('nack out'), 'packets are told of')
    endpoint.send(writeSenderReport(VP8.ssrc), transport.tuple.localPort)
    await until(async () => {
      await viewer.requestKeyFrame()
      return seen.has('pli out') && seen.has('sr in')
    }, 'requests and reports are told of')
    await producer.enableTraceEvent([])
    assert.deepEqual((await producer.dump()).traceEventTypes, [])
  },

  async 'tells how the picture is turned'(stage) {
    const { transport, producer } = await video(stage, orientedParameters())
    const turned = next(producer, 'videoorientationchange')
    await stage.send(transport, orientedShape)
    const [{ camera, flip, rotation }] = await turned
    assert.deepEqual([camera, flip, rotation], [true, false, 90])
  },

  async 'goes, and its consumers with it'(stage) {
    const transport = await stage.plain()
    const audio = await transport.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const { transport: outgoing } = await stage.receiver()
    const heard = await outgoing.consume({ producerId: audio.id, rtpCapabilities: stage.router.rtpCapabilities })
    await stage.send(transport, opusShape)
    const gone = next(heard, 'producerclose')
    audio.close()
    await gone
    assert.deepEqual((await transport.dump()).producerIds, [])
  },
}
