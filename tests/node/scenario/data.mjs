import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { STREAM, fromPeer, toPeer } from './data_ends.mjs'

export const steps = {
  async 'goes from peer to peer over SCTP'(stage) {
    const { producer, send, transport: from } = await fromPeer(stage)
    const { transport, consumer, received } = await toPeer(stage, { producer })
    assert.ok(transport.sctpNegotiatedCapabilities)
    send('from peer to peer')
    await until(() => received.includes('from peer to peer'), 'it arrives')
    await consumer.send('of the consumer alone')
    await until(() => received.includes('of the consumer alone'), 'this too')
    const [stats] = await consumer.getStats()
    assert.deepEqual([stats.type, stats.label, stats.messagesSent], ['data-consumer', 'chat', 2])
    const [sent] = await producer.getStats()
    assert.deepEqual([sent.type, sent.messagesReceived, sent.bytesReceived], ['data-producer', 1, 17])
    const dump = await consumer.dump()
    assert.deepEqual([dump.id, dump.dataProducerId, dump.type, dump.label], [consumer.id, producer.id, 'sctp', 'chat'])
    const { id, type, sctpStreamParameters } = await producer.dump()
    assert.deepEqual([id, type, sctpStreamParameters.streamId], [producer.id, 'sctp', STREAM])
    assert.deepEqual((await from.dump()).dataProducerIds, [producer.id])
  },

  async 'arrives whole and in order, however large and many'(stage) {
    const { producer, send } = await fromPeer(stage)
    const { received } = await toPeer(stage, { producer })
    const messages = Array.from({ length: 200 }, (_, at) => `${at} ${'x'.repeat(at * 50)}`)
    for (const message of messages) send(message)
    await until(() => received.length === messages.length, 'all arrive')
    assert.deepEqual(received, messages)
  },

  async 'pauses on either side'(stage) {
    const { producer, send } = await fromPeer(stage)
    const { consumer, received } = await toPeer(stage, { producer })
    const counted = async () => (await producer.getStats())[0].messagesReceived
    const paused = next(consumer, 'dataproducerpause')
    await producer.pause()
    await paused
    send('lost')
    await until(async () => (await counted()) === 1, 'the worker has it')
    const resumed = next(consumer, 'dataproducerresume')
    await producer.resume()
    await resumed
    await consumer.pause()
    assert.equal((await consumer.dump()).paused, true)
    send('lost too')
    await until(async () => (await counted()) === 2, 'the worker has this too')
    await consumer.resume()
    send('last')
    await until(() => received.includes('last'), 'it arrives after the pauses')
    assert.deepEqual(received, ['last'])
  },

  async 'is held back where the peer does not take it, until the buffer is full'(stage) {
    const { producer } = await fromPeer(stage)
    const { peer, consumer, received } = await toPeer(stage, { producer }, { sctpSendBufferSize: 60_000 })
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
    const { producer } = await fromPeer(stage)
    const { transport, consumer } = await toPeer(stage, { producer })
    const second = await transport.consumeData({ dataProducerId: producer.id })
    second.close()
    await until(async () => (await transport.dump()).dataConsumerIds.length === 1, 'the closed one is gone')
    const gone = next(consumer, 'dataproducerclose')
    producer.close()
    await gone
    assert.deepEqual((await transport.dump()).dataConsumerIds, [])
  },
}
