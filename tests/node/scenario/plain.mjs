import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { readRtp, writeReceiverReport } from '../rtp.mjs'
import { opusParameters, opusShape } from '../streams.mjs'

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
}
