import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { isPictureLoss } from '../rtp.mjs'
import { opusParameters, opusShape, vp8Parameters, vp8Shape } from '../streams.mjs'

async function connectPipes(local, remote) {
  const towards = (other) => ({ ip: other.tuple.localIp, port: other.tuple.localPort, srtpParameters: other.srtpParameters })
  await local.connect(towards(remote))
  await remote.connect(towards(local))
}

// Ids are kept from router to router where each has a worker of its own.
async function carriesPicture(stage, options) {
  const second = await stage.secondRouter(await stage.secondWorker())
  const local = await stage.pipe(options)
  const remote = await stage.pipe(options, second)
  await connectPipes(local, remote)
  const incoming = await stage.plain()
  const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
  const piped = await local.consume({ producerId: video.id })
  assert.equal(piped.type, 'pipe')
  const again = await remote.produce({ id: video.id, kind: 'video', rtpParameters: piped.rtpParameters })
  const viewer = await stage.direct(second)
  const seen = await viewer.consume({ producerId: again.id, rtpCapabilities: second.rtpCapabilities })
  const packets = []
  seen.on('rtp', (packet) => packets.push(packet))
  await stage.send(incoming, vp8Shape)
  await until(() => packets.length >= 10, 'the picture arrives on the other side')
  return { local, remote, piped }
}

export const steps = {
  async 'carries a picture from router to router'(stage) {
    const { local, remote, piped } = await carriesPicture(stage, {})
    assert.equal((await piped.dump()).type, 'pipe')
    const [sent] = await local.getStats()
    const [received] = await remote.getStats()
    assert.deepEqual([sent.type, received.type], ['pipe-transport', 'pipe-transport'])
    assert.ok(sent.rtpBytesSent > 0 && received.rtpBytesReceived > 0)
    const dump = await local.dump()
    assert.deepEqual([dump.id, dump.rtx, dump.consumerIds], [local.id, false, [piped.id]])
  },

  async 'carries it with SRTP and with RTX'(stage) {
    const { local, piped } = await carriesPicture(stage, { enableSrtp: true, enableRtx: true })
    assert.equal((await local.dump()).rtx, true)
    assert.ok(local.srtpParameters.keyBase64.length > 0)
    assert.ok(piped.rtpParameters.encodings[0].rtx)
  },

  async 'carries a picture from worker to worker, and asks for key frames across'(stage) {
    const second = await stage.secondRouter(await stage.secondWorker())
    const incoming = await stage.plain()
    const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    const { pipeProducer } = await stage.router.pipeToRouter({ producerId: video.id, router: second, enableSrtp: true, enableRtx: true })
    const viewer = await stage.direct(second)
    const seen = await viewer.consume({ producerId: pipeProducer.id, rtpCapabilities: second.rtpCapabilities })
    const packets = []
    seen.on('rtp', (packet) => packets.push(packet))
    const source = await stage.send(incoming, vp8Shape)
    await until(() => packets.length >= 10, 'the picture arrives at the other worker')
    source.reports.length = 0
    await until(async () => {
      await seen.requestKeyFrame()
      return source.reports.some(isPictureLoss)
    }, 'the source hears of the request')
  },

  async 'joins two routers of one worker, and closes with the producer'(stage) {
    const second = await stage.secondRouter()
    const incoming = await stage.plain()
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const options = { producerId: audio.id, router: second, keepId: false }
    const { pipeConsumer, pipeProducer } = await stage.router.pipeToRouter(options)
    assert.notEqual(pipeProducer.id, audio.id)
    await stage.send(incoming, opusShape)
    await until(async () => (await pipeProducer.getStats())[0]?.packetCount >= 10, 'sound arrives on the other side')
    await audio.pause()
    await until(() => pipeConsumer.producerPaused && pipeProducer.paused, 'the pause follows')
    const gone = next(pipeConsumer, 'producerclose')
    audio.close()
    await gone
    await until(() => pipeProducer.closed, 'the end follows')
  },
}
