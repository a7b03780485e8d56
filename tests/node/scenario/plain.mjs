import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { isPictureLoss, readRtp, writePictureLoss, writeReceiverReport } from '../rtp.mjs'
import { opusParameters, opusShape, vp8Parameters, vp8Shape } from '../streams.mjs'
import { LOOPBACK } from './stage.mjs'

const SENDER_REPORT = 200

export const steps = {
  async 'learns where its peer is from RTP and from RTCP'(stage) {
    const transport = await stage.plain({ rtcpMux: false })
    await transport.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const rtp = next(transport, 'tuple')
    const rtcp = next(transport, 'rtcptuple')
    const sender = await stage.send(transport, opusShape)
    assert.equal((await rtp)[0].remotePort, sender.port)
    const reporter = await stage.endpoint()
    reporter.send(writeReceiverReport(1), transport.rtcpTuple.localPort)
    assert.equal((await rtcp)[0].remotePort, reporter.port)
    assert.notEqual(transport.tuple.localPort, transport.rtcpTuple.localPort)
  },

  async 'sends where it is told to'(stage) {
    const incoming = await stage.plain()
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const { endpoint, transport } = await stage.receiver()
    const heard = await transport.consume({ producerId: audio.id, rtpCapabilities: stage.router.rtpCapabilities })
    await stage.send(incoming, opusShape)
    await until(() => endpoint.packets.length >= 10, 'sound arrives')
    assert.equal(readRtp(endpoint.packets[0]).ssrc, heard.rtpParameters.encodings[0].ssrc)
    const [stats] = await transport.getStats()
    assert.deepEqual([stats.type, stats.tuple.remotePort], ['plain-rtp-transport', endpoint.port])
    assert.equal((await transport.dump()).tuple.remotePort, endpoint.port)
  },

  async 'keeps RTP and RTCP apart on two ports'(stage) {
    const incoming = await stage.plain({ rtcpMux: false })
    const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    const source = await stage.send(incoming, vp8Shape)
    const asked = await stage.endpoint()
    const learnt = next(incoming, 'rtcptuple')
    asked.send(writeReceiverReport(1), incoming.rtcpTuple.localPort)
    await learnt

    const outgoing = await stage.plain({ rtcpMux: false, comedia: false })
    const [media, control] = [await stage.endpoint(), await stage.endpoint()]
    await outgoing.connect({ ip: LOOPBACK, port: media.port, rtcpPort: control.port })
    const seen = await outgoing.consume({ producerId: video.id, rtpCapabilities: stage.router.rtpCapabilities })
    await until(() => media.packets.length >= 10 && control.reports.some(({ type }) => type === SENDER_REPORT), 'both arrive')
    assert.deepEqual([media.reports.length, control.packets.length], [0, 0])
    asked.reports.length = 0
    const { ssrc } = seen.rtpParameters.encodings[0]
    await until(() => {
      control.send(writePictureLoss(1, ssrc), outgoing.rtcpTuple.localPort)
      return asked.reports.some(isPictureLoss)
    }, 'the request of the one reaches the other')
    assert.deepEqual(source.reports, [])
  },
}
