import { strict as assert } from 'node:assert'
import { until } from '../endpoint.mjs'
import { opusParameters } from '../streams.mjs'

export const steps = {
  async 'comes and goes'(stage) {
    const second = await stage.secondRouter()
    assert.equal((await stage.worker.dump()).routerIds.length, 2)
    second.close()
    await until(async () => (await stage.worker.dump()).routerIds.length === 1, 'the second router is gone')
  },

  async 'knows what meets in it'(stage) {
    const { router } = stage
    const incoming = await stage.plain()
    const outgoing = await stage.plain({ comedia: false })
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const heard = await outgoing.consume({ producerId: audio.id, rtpCapabilities: router.rtpCapabilities })
    const dump = await router.dump()
    assert.deepEqual(dump.transportIds.sort(), [incoming.id, outgoing.id].sort())
    assert.deepEqual(dump.mapProducerIdConsumerIds, [{ key: audio.id, values: [heard.id] }])
    assert.deepEqual(dump.mapConsumerIdProducerId, [{ key: heard.id, value: audio.id }])
    incoming.close()
    await until(async () => (await router.dump()).transportIds.length === 1, 'the closed transport is gone')
    assert.deepEqual((await router.dump()).mapProducerIdConsumerIds, [])
  },
}
