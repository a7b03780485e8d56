import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { opusParameters, opusShape } from '../streams.mjs'

export const steps = {
  async 'tell how loud who is, and when nobody is'(stage) {
    const observer = await stage.router.createAudioLevelObserver({ interval: 250, threshold: -60, maxEntries: 2 })
    const incoming = await stage.plain()
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const volumes = next(observer, 'volumes')
    await observer.addProducer({ producerId: audio.id })
    const endpoint = await stage.endpoint()
    const stream = endpoint.stream(incoming.tuple.localPort, opusShape)
    const [[{ producer, volume }]] = await volumes
    assert.deepEqual([producer.id, volume], [audio.id, -20])
    const silence = next(observer, 'silence')
    stream.stop()
    await silence
    await observer.pause()
    await observer.resume()
    await observer.removeProducer({ producerId: audio.id })
    observer.close()
    await until(async () => (await stage.router.dump()).rtpObserverIds.length === 0, 'the observer is gone')
  },
}
