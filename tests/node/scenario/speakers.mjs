import { until } from '../endpoint.mjs'
import { opusParameters, opusShape, quietShape } from '../streams.mjs'

export const steps = {
  async 'are found among those who are heard'(stage) {
    const observer = await stage.router.createActiveSpeakerObserver({ interval: 250 })
    const incoming = await stage.plain()
    const speaker = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const listener = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters(quietShape.ssrc, 'b') })
    await observer.addProducer({ producerId: listener.id })
    await observer.addProducer({ producerId: speaker.id })
    const dominant = []
    observer.on('dominantspeaker', ({ producer }) => dominant.push(producer.id))
    await stage.send(incoming, opusShape, quietShape)
    await until(() => dominant.at(-1) === speaker.id, 'the speaker is found')
    observer.close()
  },
}
