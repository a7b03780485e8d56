import { strict as assert } from 'node:assert'
import { next } from '../endpoint.mjs'

export const steps = {
  async 'a router ends with everything in it'(stage) {
    const transport = await stage.plain()
    const ended = next(transport, 'routerclose')
    stage.router.close()
    await ended
    assert.deepEqual((await stage.worker.dump()).routerIds, [])
  },

  async 'a worker ends when it is told to'(stage) {
    const gone = next(stage.worker, 'subprocessclose')
    stage.worker.close()
    await gone
    assert.ok(stage.worker.subprocessClosed && !stage.worker.died)
  },
}
