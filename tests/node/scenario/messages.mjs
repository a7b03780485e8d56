// Messages of the controller, and messages between routers.
import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { fromController, fromPeer, toPeer } from './data_ends.mjs'

export const steps = {
  async 'goes from the controller to a peer and from a peer to the controller'(stage) {
    const { producer, send } = await fromController(stage)
    const { received } = await toPeer(stage, { producer })
    send('from the controller')
    await until(() => received.includes('from the controller'), 'it arrives')
    const source = await fromPeer(stage)
    const sink = await stage.direct()
    const consumer = await sink.consumeData({ dataProducerId: source.producer.id })
    const message = next(consumer, 'message')
    source.send('to the controller')
    assert.equal((await message)[0].toString(), 'to the controller')
  },

  async 'crosses from router to router'(stage) {
    const second = await stage.secondRouter(await stage.secondWorker())
    const { producer, send } = await fromController(stage)
    const { pipeDataProducer } = await stage.router.pipeToRouter({ dataProducerId: producer.id, router: second })
    const sink = await stage.direct(second)
    const consumer = await sink.consumeData({ dataProducerId: pipeDataProducer.id })
    const received = []
    consumer.on('message', (message) => received.push(message.toString()))
    await until(() => {
      if (!received.includes('hello')) send('hello')
      return received.includes('hello')
    }, 'it arrives on the other side')
    assert.equal(consumer.label, 'chat')
  },

  async 'is sent to those who belong to its subchannel'(stage) {
    const { producer } = await fromController(stage)
    const { consumer, received } = await toPeer(stage, { producer }, {}, { subchannels: [1] })
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
}
