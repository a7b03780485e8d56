import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { isPictureLoss, readRtcp, readRtp, writePictureLoss, writeRtp } from '../rtp.mjs'
import { opusParameters, opusShape, vp8Parameters, vp8Shape } from '../streams.mjs'

export const steps = {
  async 'takes packets from the controller and gives it packets'(stage) {
    const { router } = stage
    const source = await stage.direct()
    const sink = await stage.direct()
    const audio = await source.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const heard = await sink.consume({ producerId: audio.id, rtpCapabilities: router.rtpCapabilities })
    const packets = []
    heard.on('rtp', (packet) => packets.push(packet))
    for (let at = 0; at < 10; ++at) audio.send(writeRtp({ ...opusShape, sequence: at, timestamp: at * 960 }))
    await until(() => packets.length === 10, 'all of them arrive')
    assert.deepEqual(readRtp(packets[9]).payload, opusShape.payload)
    assert.equal(readRtp(packets[9]).ssrc, heard.rtpParameters.encodings[0].ssrc)
    const [stats] = await sink.getStats()
    assert.deepEqual([stats.type, stats.rtpBytesSent > 0], ['direct-transport', true])
    const dump = await source.dump()
    assert.deepEqual([dump.id, dump.producerIds], [source.id, [audio.id]])
  },

  async 'carries RTCP both ways'(stage) {
    const { router } = stage
    const source = await stage.direct()
    const sink = await stage.direct()
    const video = await source.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    const seen = await sink.consume({ producerId: video.id, rtpCapabilities: router.rtpCapabilities })
    const reports = []
    source.on('rtcp', (compound) => reports.push(...readRtcp(compound)))
    video.send(writeRtp({ ...vp8Shape, sequence: 1, timestamp: 1 }))
    await until(async () => {
      await seen.requestKeyFrame()
      return reports.some(isPictureLoss)
    }, 'the viewer has a key frame asked for')
    reports.length = 0
    const { ssrc } = seen.rtpParameters.encodings[0]
    const asked = until(() => reports.some(isPictureLoss), 'what the viewer sends reaches the source')
    const timer = setInterval(() => sink.sendRtcp(writePictureLoss(1, ssrc)), 100)
    await asked.finally(() => clearInterval(timer))
  },

  async 'carries messages'(stage) {
    const source = await stage.direct()
    const sink = await stage.direct()
    const producer = await source.produceData({ label: 'chat', protocol: 'text' })
    const consumer = await sink.consumeData({ dataProducerId: producer.id })
    assert.deepEqual([consumer.type, consumer.label, consumer.protocol], ['direct', 'chat', 'text'])
    const message = next(consumer, 'message')
    producer.send('hello')
    const [bytes, ppid] = await message
    assert.deepEqual([bytes.toString(), ppid], ['hello', 51])
  },
}
