import { strict as assert } from 'node:assert'
import { next, until } from '../endpoint.mjs'
import { BINDING_SUCCESS, IcePath } from '../ice.mjs'
import { readRtp } from '../rtp.mjs'
import { assertNumbers } from '../running.mjs'
import { opusParameters, opusShape } from '../streams.mjs'

async function carriesSound(stage, protocol) {
  const { router } = stage
  const { transport: from, peer: sender } = await stage.connected({}, { protocol })
  const { transport: to, peer: viewer } = await stage.connected({}, { protocol })
  assert.deepEqual([from.iceState, from.dtlsState], ['completed', 'connected'])
  assert.equal(from.iceSelectedTuple.protocol, protocol)
  assert.equal(from.iceSelectedTuple.remotePort, sender.path.port)
  assert.ok(from.dtlsRemoteCert.includes('BEGIN CERTIFICATE'))

  const audio = await from.produce({ kind: 'audio', rtpParameters: opusParameters() })
  const heard = await to.consume({ producerId: audio.id, rtpCapabilities: router.rtpCapabilities })
  stage.run(sender.stream(opusShape))
  await until(() => viewer.packets.length >= 10, 'sound arrives')
  const packet = readRtp(viewer.packets[0])
  assert.equal(packet.ssrc, heard.rtpParameters.encodings[0].ssrc)
  assert.deepEqual(packet.payload, opusShape.payload)
  const [stats] = await to.getStats()
  assert.deepEqual([stats.iceState, stats.dtlsState], ['completed', 'connected'])
  assert.ok(stats.rtpBytesSent > 0)
  return { from, to, sender, viewer }
}

export const steps = {
  async 'carries sound over UDP between peers with DTLS'(stage) {
    await carriesSound(stage, 'udp')
  },

  async 'carries sound over TCP, and learns at once that a connection ended'(stage) {
    const { to, viewer } = await carriesSound(stage, 'tcp')
    const lost = next(to, 'icestatechange')
    viewer.path.close()
    assert.deepEqual(await lost, ['disconnected'])
    assert.equal((await to.dump()).iceSelectedTuple, undefined)
  },

  async 'restarts ICE while the old credentials still hold'(stage) {
    const { transport, peer } = await stage.connected()
    const before = transport.iceParameters
    const after = await transport.restartIce()
    assert.notEqual(after.usernameFragment, before.usernameFragment)
    assert.notEqual(after.password, before.password)
    const answered = () => peer.path.received.filter((type) => type === BINDING_SUCCESS).length
    const counted = answered()
    await until(() => answered() >= counted + 3, 'checks with the old credentials are answered')
    const path = await IcePath.open(transport.iceCandidates.find(({ protocol }) => protocol === 'udp'))
    path.keepChecking(after)
    await until(() => path.received.includes(BINDING_SUCCESS), 'checks with the new ones too')
    path.close()
  },

  async 'takes bitrate limits, and answers for itself'(stage) {
    const { transport } = await stage.connected()
    await transport.enableTraceEvent(['probation', 'bwe'])
    await transport.setMaxIncomingBitrate(1_500_000)
    await transport.setMaxOutgoingBitrate(2_000_000)
    await transport.setMinOutgoingBitrate(100_000)
    const [stats] = await transport.getStats()
    assert.deepEqual(
      [stats.maxIncomingBitrate, stats.maxOutgoingBitrate, stats.minOutgoingBitrate],
      [1_500_000, 2_000_000, 100_000],
    )
    assertNumbers(stats, 'timestamp', 'bytesReceived', 'recvBitrate', 'bytesSent', 'rtpBytesSent', 'rtxBytesSent')
    const dump = await transport.dump()
    assert.deepEqual([dump.id, dump.dtlsState, dump.iceState], [transport.id, 'connected', 'completed'])
    assert.deepEqual(dump.traceEventTypes.sort(), ['bwe', 'probation'])
  },

  async 'shares a server and finds each peer by its name'(stage) {
    const { worker } = stage
    const webRtcServer = await worker.createWebRtcServer({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] })
    const options = { listenInfos: undefined, webRtcServer }
    const { transport: one } = await stage.connected(options)
    const { transport: two } = await stage.connected(options)
    assert.equal(one.iceCandidates[0].port, two.iceCandidates[0].port)
    const dump = await webRtcServer.dump()
    assert.deepEqual(dump.webRtcTransportIds.sort(), [one.id, two.id].sort())
    assert.equal(dump.localIceUsernameFragments.length, 2)
    webRtcServer.close()
  },
}
