import { until } from '../endpoint.mjs'
import { readRtp, writeTransportFeedback } from '../rtp.mjs'
import { vp8Parameters, vp8Shape } from '../streams.mjs'

const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'
const FEEDBACK_EVERY_MS = 50

// Tells the worker every 50 ms which packets have arrived, as a browser does.
function feedback(peer, id) {
  let reported = 0
  let count = 0
  const timer = setInterval(() => {
    const packets = peer.packets.slice(reported)
    reported = peer.packets.length
    const numbers = packets.map((packet) => readRtp(packet).extensions.get(id)).filter(Boolean).map((bytes) => bytes.readUInt16BE(0))
    if (numbers.length > 0) peer.sendRtcp(writeTransportFeedback({ sender: 1, media: 0, first: numbers[0], last: numbers[numbers.length - 1], count: count++ }))
  }, FEEDBACK_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

export const steps = {
  async 'is estimated from feedback, and traced'(stage) {
    const incoming = await stage.plain()
    const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    const { transport, peer } = await stage.connected({ initialAvailableOutgoingBitrate: 1_000_000 })
    const traced = []
    transport.on('trace', (trace) => traced.push(trace))
    await transport.enableTraceEvent(['bwe', 'probation'])
    const seen = await transport.consume({ producerId: video.id, rtpCapabilities: stage.router.rtpCapabilities })
    const { id } = seen.rtpParameters.headerExtensions.find(({ uri }) => uri === TRANSPORT_CC)
    await stage.send(incoming, vp8Shape)
    stage.run(feedback(peer, id))
    await until(() => traced.some(({ type }) => type === 'bwe'), 'the estimate is told')
    await until(async () => (await transport.getStats())[0].availableOutgoingBitrate > 0, 'and stands in the statistics')
  },
}
