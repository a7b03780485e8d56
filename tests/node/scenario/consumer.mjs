import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { isPictureLoss, readRtp, writeNack } from '../rtp.mjs'
import { movingShape, opusParameters, opusShape, vp8Parameters, vp8Shape } from '../streams.mjs'

async function watching(stage, options = {}) {
  const incoming = await stage.plain()
  const producer = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
  const { endpoint, transport } = await stage.receiver()
  const rtpCapabilities = stage.router.rtpCapabilities
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, ...options })
  return { incoming, producer, endpoint, transport, consumer }
}

export const steps = {
  async 'pauses by itself and with its producer'(stage) {
    const { producer, consumer } = await watching(stage, { paused: true })
    assert.ok(consumer.paused)
    await consumer.resume()
    const paused = next(consumer, 'producerpause')
    await producer.pause()
    await paused
    const resumed = next(consumer, 'producerresume')
    await producer.resume()
    await resumed
    await consumer.pause()
    const dump = await consumer.dump()
    assert.deepEqual([dump.paused, dump.producerPaused], [true, false])
  },

  async 'has a key frame asked for, and takes a priority'(stage) {
    const { incoming, consumer } = await watching(stage)
    const sender = await stage.send(incoming, vp8Shape)
    await until(async () => {
      await consumer.requestKeyFrame()
      return sender.reports.some(isPictureLoss)
    }, 'the sender is asked')
    await consumer.setPriority(200)
    assert.equal(consumer.priority, 200)
    await consumer.unsetPriority()
    assert.equal(consumer.priority, 1)
  },

  async 'is rated anew when its source falls silent'(stage) {
    const { incoming, consumer } = await watching(stage)
    const endpoint = await stage.endpoint()
    const stream = endpoint.stream(incoming.tuple.localPort, vp8Shape)
    await until(() => consumer.score.producerScore === 10, 'the source is rated')
    stream.stop()
    await until(() => consumer.score.producerScore === 0, 'its silence is told')
  },

  async 'traces what it sends and what is asked of it'(stage) {
    const { incoming, consumer, endpoint, transport } = await watching(stage)
    const seen = new Set()
    consumer.on('trace', ({ type, direction }) => seen.add(`${type} ${direction}`))
    await consumer.enableTraceEvent(['rtp', 'keyframe', 'nack', 'pli', 'fir'])
    await stage.send(incoming, movingShape)
    await until(() => seen.has('rtp out') && seen.has('keyframe out'), 'packets are told of')
    const { ssrc } = consumer.rtpParameters.encodings[0]
    const { sequence } = endpoint.packets.map(readRtp).findLast((packet) => packet.ssrc === ssrc)
    endpoint.send(writeNack({ sender: 1, ssrc, sequence }), transport.tuple.localPort)
    await until(() => seen.has('nack in'), 'a request is told of')
    const stats = await consumer.getStats()
    assert.deepEqual(stats.map(({ type }) => type), ['outbound-rtp', 'inbound-rtp'])
  },

  async 'goes alone'(stage) {
    const { transport, consumer } = await watching(stage)
    consumer.close()
    await until(async () => (await transport.dump()).consumerIds.length === 0, 'it is gone')
  },

  async 'goes with its producer'(stage) {
    const incoming = await stage.plain()
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const { transport, endpoint } = await stage.receiver()
    const heard = await transport.consume({ producerId: audio.id, rtpCapabilities: stage.router.rtpCapabilities })
    await stage.send(incoming, opusShape)
    await until(() => endpoint.packets.length > 0, 'sound arrives')
    const gone = next(heard, 'producerclose')
    incoming.close()
    await gone
  },
}
