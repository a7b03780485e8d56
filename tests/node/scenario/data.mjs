import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'

// A message of the controller through the worker, over SCTP and DTLS, to a peer.
async function toPeer(stage, transportOptions = {}, consumerOptions = {}) {
  const source = await stage.direct()
  const producer = await source.produceData({ label: 'chat', protocol: 'text' })
  const { transport, peer } = await stage.connected({ enableSctp: true, ...transportOptions })
  const consumer = await transport.consumeData({ dataProducerId: producer.id, ...consumerOptions })
  await peer.startSctp()
  const channel = peer.channel(consumer.sctpStreamParameters.streamId)
  const received = []
  channel.onMessage.subscribe((message) => received.push(message.toString()))
  await until(() => transport.sctpState === 'connected', 'the association stands')
  return { source, producer, transport, peer, consumer, channel, received }
}

export const steps = {
  async 'goes to a peer over SCTP'(stage) {
    const { producer, transport, consumer, received } = await toPeer(stage)
    assert.ok(transport.sctpNegotiatedCapabilities)
    producer.send('from the controller')
    await until(() => received.includes('from the controller'), 'it arrives')
    await consumer.send('of the consumer alone')
    await until(() => received.includes('of the consumer alone'), 'this too')
    const [stats] = await consumer.getStats()
    assert.deepEqual([stats.type, stats.label, stats.messagesSent], ['data-consumer', 'chat', 2])
    const [sent] = await producer.getStats()
    assert.deepEqual([sent.type, sent.messagesReceived], ['data-producer', 1])
    const dump = await consumer.dump()
    assert.deepEqual([dump.id, dump.dataProducerId, dump.type, dump.label], [consumer.id, producer.id, 'sctp', 'chat'])
    assert.equal((await producer.dump()).id, producer.id)
  },

  async 'comes from a peer over SCTP'(stage) {
    const { transport, peer } = await stage.connected({ enableSctp: true })
    const producer = await transport.produceData({ sctpStreamParameters: { streamId: 3, ordered: true }, label: 'up' })
    const sink = await stage.direct()
    const consumer = await sink.consumeData({ dataProducerId: producer.id })
    const message = next(consumer, 'message')
    await peer.startSctp()
    const channel = peer.channel(3)
    await until(() => transport.sctpState === 'connected', 'the association stands')
    channel.setReadyState('open')
    channel.send('from the peer')
    assert.equal((await message)[0].toString(), 'from the peer')
  },

  async 'crosses from router to router'(stage) {
    const second = await stage.secondRouter()
    const source = await stage.direct()
    const producer = await source.produceData({ label: 'far' })
    const { pipeDataProducer } = await stage.router.pipeToRouter({ dataProducerId: producer.id, router: second })
    const sink = await stage.direct(second)
    const consumer = await sink.consumeData({ dataProducerId: pipeDataProducer.id })
    const received = []
    consumer.on('message', (message) => received.push(message.toString()))
    await until(() => {
      if (!received.includes('hello')) producer.send('hello')
      return received.includes('hello')
    }, 'it arrives on the other side')
    assert.equal(consumer.label, 'far')
  },

  async 'pauses on either side'(stage) {
    const { producer, consumer, received } = await toPeer(stage)
    const paused = next(consumer, 'dataproducerpause')
    await producer.pause()
    await paused
    producer.send('lost')
    const resumed = next(consumer, 'dataproducerresume')
    await producer.resume()
    await resumed
    await consumer.pause()
    assert.equal((await consumer.dump()).paused, true)
    producer.send('lost too')
    await consumer.resume()
    producer.send('last')
    await until(() => received.includes('last'), 'it arrives after the pauses')
    assert.deepEqual(received, ['last'])
  },

  async 'is sent to those who belong to its subchannel'(stage) {
    const { producer, consumer, received } = await toPeer(stage, {}, { subchannels: [1] })
    await consumer.setSubchannels([2, 3])
    assert.deepEqual(consumer.subchannels.sort(), [2, 3])
    await consumer.addSubchannel(5)
    await consumer.removeSubchannel(2)
    assert.deepEqual((await consumer.dump()).subchannels.sort(), [3, 5])
    producer.send('for two', undefined, [2])
    producer.send('needs two', undefined, [3], 2)
    producer.send('for five', undefined, [5])
    await until(() => received.includes('for five'), 'its own arrives')
    assert.deepEqual(received, ['for five'])
  },

  async 'is held back where the peer does not take it, until the buffer is full'(stage) {
    const { peer, consumer, received } = await toPeer(stage, { sctpSendBufferSize: 60_000 })
    await consumer.setBufferedAmountLowThreshold(10_000)
    const take = peer.path.onData
    peer.path.onData = () => {}
    const full = next(consumer, 'sctpsendbufferfull')
    const low = next(consumer, 'bufferedamountlow')
    const sends = Array.from({ length: 100 }, () => consumer.send(Buffer.alloc(1000, 'x')).then(() => true, () => false))
    await full
    const taken = (await Promise.all(sends)).filter(Boolean).length
    assert.ok(taken > 0 && taken < 100, `${taken} of 100 were taken`)
    assert.ok((await consumer.getBufferedAmount()) > 10_000)
    peer.path.onData = take
    assert.ok((await low)[0] <= 10_000)
    await until(() => received.length === taken, 'what was taken arrives')
  },

  async 'ends with its producer, or alone'(stage) {
    const { producer, transport, consumer } = await toPeer(stage)
    const second = await transport.consumeData({ dataProducerId: producer.id })
    second.close()
    await until(async () => (await transport.dump()).dataConsumerIds.length === 1, 'the closed one is gone')
    const gone = next(consumer, 'dataproducerclose')
    producer.close()
    await gone
    assert.deepEqual((await transport.dump()).dataConsumerIds, [])
  },
}
