// Drives our worker with the npm package mediasoup, whose controller knows nothing of us, and prints what came of it:
//   {"version":"3.27.1","checks":[{"name":"worker","ok":true},{"name":"router","ok":false,"reason":"..."}]}
// usage: MEDIASOUP_WORKER_BIN=.../millrace-worker node controller.mjs
import { strict as assert } from 'node:assert'
import * as mediasoup from 'mediasoup'
import { Bench, LOOPBACK } from './bench.mjs'
import { next, until } from './endpoint.mjs'
import { SrtpGcm, isPictureLoss, readNack, readRtp, writeNack } from './rtp.mjs'
import { assertNumbers, checkDumps, checkPauses, checkStreamFigures } from './running.mjs'
import { OPUS, mediaCodecs, opusParameters, opusShape, vp8Parameters, vp8Shape } from './streams.mjs'

function isFingerprint(value, bytes) {
  return new RegExp(`^([0-9A-F]{2}:){${bytes - 1}}[0-9A-F]{2}$`).test(value)
}

const remoteDtls = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
}

const sections = {
  async worker({ worker }) {
    const dump = await worker.dump()
    assert.equal(dump.pid, worker.pid)
    assert.equal(dump.routerIds.length, 1)
    assert.deepEqual(dump.webRtcServerIds, [])
    assert.ok(Array.isArray(dump.channelMessageHandlers.channelRequestHandlers))
    const usage = await worker.getResourceUsage()
    assertNumbers(usage, 'ru_utime', 'ru_stime', 'ru_maxrss', 'ru_minflt', 'ru_nvcsw', 'ru_nivcsw')
    assert.ok(usage.ru_maxrss > 0)
    await worker.updateSettings({ logLevel: 'debug', logTags: ['ice', 'dtls'] })
    await worker.updateSettings({ logLevel: 'warn', logTags: [] })
  },

  async router({ worker, router }) {
    const { codecs, headerExtensions } = router.rtpCapabilities
    const types = codecs.map((codec) => codec.mimeType.toLowerCase())
    assert.deepEqual(types, ['audio/opus', 'video/vp8', 'video/rtx', 'video/h264', 'video/rtx'])
    assert.ok(headerExtensions.length > 0)
    const dump = await router.dump()
    assert.deepEqual(dump, {
      id: router.id,
      transportIds: [],
      rtpObserverIds: [],
      mapProducerIdConsumerIds: [],
      mapConsumerIdProducerId: [],
      mapProducerIdObserverIds: [],
      mapDataProducerIdDataConsumerIds: [],
      mapDataConsumerIdDataProducerId: [],
    })
    const second = await worker.createRouter({ mediaCodecs })
    assert.equal((await worker.dump()).routerIds.length, 2)
    second.close()
    await until(async () => (await worker.dump()).routerIds.length === 1, 'the closed router is gone')
  },

  async webRtcServer({ worker, router }) {
    const server = await worker.createWebRtcServer({
      listenInfos: [
        { protocol: 'udp', ip: LOOPBACK },
        { protocol: 'tcp', ip: LOOPBACK },
      ],
    })
    const empty = await server.dump()
    assert.equal(empty.id, server.id)
    assert.equal(empty.udpSockets.length, 1)
    assert.equal(empty.tcpServers.length, 1)
    assert.deepEqual(empty.webRtcTransportIds, [])
    const { port } = empty.udpSockets[0]

    const transport = await router.createWebRtcTransport({ webRtcServer: server, enableTcp: true })
    const udp = transport.iceCandidates.find((candidate) => candidate.protocol === 'udp')
    assert.equal(udp.port, port)
    const used = await server.dump()
    assert.deepEqual(used.webRtcTransportIds, [transport.id])
    assert.deepEqual(used.localIceUsernameFragments, [
      { localIceUsernameFragment: transport.iceParameters.usernameFragment, webRtcTransportId: transport.id },
    ])

    const second = await router.createWebRtcTransport({ webRtcServer: server })
    assert.equal(second.iceCandidates[0].port, port)
    second.close()
    await until(async () => (await server.dump()).webRtcTransportIds.length === 1, 'the closed transport is gone')

    const closed = next(transport, 'listenserverclose')
    server.close()
    await closed
    assert.ok(transport.closed)
    await until(async () => (await worker.dump()).webRtcServerIds.length === 0, 'the closed server is gone')
    await until(async () => (await router.dump()).transportIds.length === 0, 'its transports are gone with it')
  },

  async webRtcTransport({ router }) {
    const transport = await router.createWebRtcTransport({
      listenInfos: [
        { protocol: 'udp', ip: LOOPBACK, announcedAddress: '192.0.2.7' },
        { protocol: 'tcp', ip: LOOPBACK },
      ],
      enableTcp: true,
      preferUdp: true,
    })
    assert.equal(transport.iceRole, 'controlled')
    assert.equal(transport.iceState, 'new')
    assert.equal(transport.dtlsState, 'new')
    assert.equal(transport.iceParameters.iceLite, true)
    assert.match(transport.iceParameters.usernameFragment, /^[A-Za-z0-9+/]{4,}$/)
    assert.match(transport.iceParameters.password, /^[A-Za-z0-9+/]{22,}$/)
    const [udp, tcp] = transport.iceCandidates
    assert.deepEqual([udp.protocol, udp.type, udp.address], ['udp', 'host', '192.0.2.7'])
    assert.deepEqual([tcp.protocol, tcp.type, tcp.tcpType, tcp.address], ['tcp', 'host', 'passive', LOOPBACK])
    assert.ok(udp.priority > tcp.priority)
    for (const { port } of transport.iceCandidates) assert.ok(port >= 20_000 && port <= 29_999)
    const bytes = { 'sha-1': 20, 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 }
    const fingerprints = transport.dtlsParameters.fingerprints
    assert.deepEqual(fingerprints.map((f) => f.algorithm).sort(), Object.keys(bytes).sort())
    for (const { algorithm, value } of fingerprints) assert.ok(isFingerprint(value, bytes[algorithm]), value)

    await transport.setMaxIncomingBitrate(1_500_000)
    await transport.setMaxOutgoingBitrate(2_000_000)
    await transport.setMinOutgoingBitrate(100_000)
    const [stats] = await transport.getStats()
    assert.equal(stats.type, 'webrtc-transport')
    assert.equal(stats.transportId, transport.id)
    assert.equal(stats.iceState, 'new')
    assert.equal(stats.dtlsState, 'new')
    assert.equal(stats.maxIncomingBitrate, 1_500_000)
    assertNumbers(stats, 'timestamp', 'bytesReceived', 'recvBitrate', 'bytesSent', 'rtpBytesSent', 'rtxBytesSent')

    const before = transport.iceParameters
    const after = await transport.restartIce()
    assert.notEqual(after.usernameFragment, before.usernameFragment)
    assert.notEqual(after.password, before.password)

    await transport.connect({ dtlsParameters: remoteDtls })
    assert.equal(transport.dtlsParameters.role, 'server')
    await assert.rejects(transport.connect({ dtlsParameters: remoteDtls }))
    const dump = await transport.dump()
    assert.equal(dump.id, transport.id)
    assert.equal(dump.iceParameters.usernameFragment, after.usernameFragment)
    assert.equal(dump.dtlsParameters.fingerprints.length, 5)
    assert.deepEqual(dump.producerIds, [])
    assert.deepEqual(dump.rtpListener, { ssrcTable: [], midTable: [], ridTable: [] })
    transport.close()
    await until(async () => (await router.dump()).transportIds.length === 0, 'the closed transport is gone')
  },

  async plainTransport(bench) {
    const comedia = await bench.plain()
    assert.equal(comedia.tuple.localAddress, LOOPBACK)
    assert.equal(comedia.tuple.protocol, 'udp')
    assert.ok(comedia.tuple.localPort >= 20_000 && comedia.tuple.localPort <= 29_999)
    assert.equal(comedia.rtcpTuple, undefined)
    const dump = await comedia.dump()
    assert.deepEqual([dump.id, dump.rtcpMux, dump.comedia], [comedia.id, true, true])
    const [stats] = await comedia.getStats()
    assert.deepEqual([stats.type, stats.rtcpMux, stats.comedia], ['plain-rtp-transport', true, true])

    const split = await bench.plain({ rtcpMux: false, comedia: false })
    assert.notEqual(split.rtcpTuple.localPort, split.tuple.localPort)
    await assert.rejects(split.connect({ ip: LOOPBACK, port: 5004 }), 'the RTCP port is missing')
    await split.connect({ ip: LOOPBACK, port: 5004, rtcpPort: 5005 })
    assert.deepEqual([split.tuple.remotePort, split.rtcpTuple.remotePort], [5004, 5005])
    await assert.rejects(split.connect({ ip: LOOPBACK, port: 5004, rtcpPort: 5005 }), 'it is connected already')

    const taken = { protocol: 'udp', ip: LOOPBACK, port: comedia.tuple.localPort }
    await assert.rejects(bench.plain({ listenInfo: taken }), 'the port is taken')
  },

  async media(bench) {
    const { router } = bench
    const sender = await bench.endpoint()
    const incoming = await bench.plain()
    const learnt = next(incoming, 'tuple')
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    assert.deepEqual([audio.type, video.type], ['simple', 'simple'])

    const { endpoint, transport } = await bench.receiver()
    const heard = await transport.consume({ producerId: audio.id, rtpCapabilities: router.rtpCapabilities })
    const seen = await transport.consume({ producerId: video.id, rtpCapabilities: router.rtpCapabilities, paused: true })
    assert.deepEqual([heard.type, heard.paused, seen.paused], ['simple', false, true])
    const [audioSsrc, videoSsrc] = [heard, seen].map((consumer) => consumer.rtpParameters.encodings[0].ssrc)
    const received = (ssrc) => endpoint.packets.filter((packet) => readRtp(packet).ssrc === ssrc)

    const streams = [sender.stream(incoming.tuple.localPort, opusShape), sender.stream(incoming.tuple.localPort, vp8Shape)]
    try {
      const [tuple] = await learnt
      assert.equal(tuple.remotePort, sender.port)
      await until(() => received(audioSsrc).length >= 10, 'sound arrives')
      const first = readRtp(received(audioSsrc)[0])
      assert.equal(first.payloadType, heard.rtpParameters.codecs[0].payloadType)
      assert.deepEqual(first.payload, opusShape.payload)
      const sequences = received(audioSsrc).map((packet) => readRtp(packet).sequence)
      assert.ok(sequences.every((s, at) => at === 0 || s === ((sequences[at - 1] + 1) & 0xffff)), 'no gap')
      assert.equal(received(videoSsrc).length, 0, 'a paused consumer sends nothing')

      await seen.resume()
      await until(() => received(videoSsrc).length >= 10, 'the picture arrives')
      await until(() => sender.reports.some(isPictureLoss), 'resuming asks the sender for a key frame')
      sender.reports.length = 0
      await until(async () => {
        await seen.requestKeyFrame()
        return sender.reports.some(isPictureLoss)
      }, 'the consumer asks for a key frame')

      await checkStreamFigures({ audio, video, heard, seen, incoming, transport })
      await checkPauses({ audio, heard, received: () => received(audioSsrc).length })
      await checkDumps({ router, incoming, transport, audio, video, heard, seen })
    } finally {
      for (const stream of streams) stream.stop()
    }
  },

  async loss(bench) {
    const { router } = bench
    const lost = 130
    const sender = await bench.endpoint()
    const incoming = await bench.plain()
    const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    const { endpoint, transport } = await bench.receiver()
    const seen = await transport.consume({ producerId: video.id, rtpCapabilities: router.rtpCapabilities })
    const [{ ssrc, rtx }] = seen.rtpParameters.encodings
    const received = (wanted) => endpoint.packets.map(readRtp).filter((packet) => packet.ssrc === wanted)

    const stream = sender.stream(incoming.tuple.localPort, { ...vp8Shape, lost: (sequence) => sequence === lost })
    try {
      await until(() => sender.reports.flatMap(readNack).includes(lost), 'the worker asks the sender for what is missing')
      await until(() => received(ssrc).length >= 20, 'the picture arrives')
      const original = received(ssrc)[10]
      endpoint.send(writeNack({ sender: 1, ssrc, sequence: original.sequence }), transport.tuple.localPort)
      // RFC 4588 4: the payload begins with the original sequence number. Probes of the bandwidth repeat packets, too.
      const isAsked = ({ payload }) => payload.readUInt16BE(0) === original.sequence
      const again = await until(() => received(rtx.ssrc).find(isAsked), 'the viewer gets a packet again')
      assert.deepEqual(again.payload.subarray(2), original.payload)
      const [stats] = await until(async () => {
        const found = await seen.getStats()
        return found[0].nackCount > 0 && found
      }, 'the request is counted')
      assert.deepEqual([stats.nackCount, stats.nackPacketCount, stats.packetsRetransmitted], [1, 1, 1])
    } finally {
      stream.stop()
    }
  },

  async audioLevelObserver(bench) {
    const { router } = bench
    const observer = await router.createAudioLevelObserver({ interval: 300, threshold: -60, maxEntries: 2 })
    const sender = await bench.endpoint()
    const incoming = await bench.plain()
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const volumes = next(observer, 'volumes')
    await observer.addProducer({ producerId: audio.id })
    assert.deepEqual((await router.dump()).rtpObserverIds, [observer.id])
    assert.deepEqual((await router.dump()).mapProducerIdObserverIds, [{ key: audio.id, values: [observer.id] }])
    const stream = sender.stream(incoming.tuple.localPort, opusShape)
    try {
      const [[entry]] = await volumes
      assert.equal(entry.producer.id, audio.id)
      assert.equal(entry.volume, -20)
    } finally {
      stream.stop()
    }
    await next(observer, 'silence')
    await observer.pause()
    await observer.resume()
    await observer.removeProducer({ producerId: audio.id })
    observer.close()
    await until(async () => (await router.dump()).rtpObserverIds.length === 0, 'the closed observer is gone')
  },

  async srtp(bench) {
    const { router } = bench
    const cryptoSuite = 'AEAD_AES_128_GCM'
    const remoteKey = Buffer.from(Array.from({ length: 28 }, (_, at) => at + 1)).toString('base64')
    const wrongKey = Buffer.alloc(28, 9).toString('base64')
    const incoming = await bench.plain({ enableSrtp: true, srtpCryptoSuite: cryptoSuite })
    assert.equal(incoming.srtpParameters.cryptoSuite, cryptoSuite)
    assert.equal(Buffer.from(incoming.srtpParameters.keyBase64, 'base64').length, 28)
    await incoming.connect({ srtpParameters: { cryptoSuite, keyBase64: remoteKey } })
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const { endpoint, transport } = await bench.receiver(
      { enableSrtp: true, srtpCryptoSuite: cryptoSuite },
      { srtpParameters: { cryptoSuite, keyBase64: remoteKey } },
    )
    await transport.consume({ producerId: audio.id, rtpCapabilities: router.rtpCapabilities })

    const sender = await bench.endpoint()
    const forger = await bench.endpoint()
    const forged = new SrtpGcm(wrongKey)
    const genuine = new SrtpGcm(remoteKey)
    const streams = [
      forger.stream(incoming.tuple.localPort, { ...opusShape, payload: Buffer.from('forged') }, (p) => forged.seal(p)),
      forger.stream(incoming.tuple.localPort, { ...opusShape, payload: Buffer.from('in clear') }),
      sender.stream(incoming.tuple.localPort, opusShape, (packet) => genuine.seal(packet)),
    ]
    try {
      await until(() => endpoint.packets.length >= 20, 'protected sound arrives')
    } finally {
      for (const stream of streams) stream.stop()
    }
    const opener = new SrtpGcm(transport.srtpParameters.keyBase64)
    for (const packet of endpoint.packets) {
      assert.deepEqual(readRtp(opener.open(packet)).payload, opusShape.payload, 'only what was authentic is passed on')
    }
    for (const suite of ['AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32']) {
      const other = await bench.plain({ enableSrtp: true, srtpCryptoSuite: suite })
      assert.equal(other.srtpParameters.cryptoSuite, suite)
      assert.equal((await other.dump()).srtpParameters.keyBase64, other.srtpParameters.keyBase64)
    }
  },

  async refusals(bench) {
    const { router, worker } = bench
    const incoming = await bench.plain()
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    await assert.rejects(incoming.produce({ kind: 'audio', rtpParameters: opusParameters(OPUS.ssrc, 'b') }), 'SSRC taken')
    await assert.rejects(incoming.produce({ kind: 'audio', rtpParameters: opusParameters(777, 'a') }), 'MID taken')
    await assert.rejects(incoming.produce({ id: audio.id, kind: 'audio', rtpParameters: opusParameters(778, 'c') }))
    await assert.rejects(incoming.consume({ producerId: 'nobody', rtpCapabilities: router.rtpCapabilities }))
    const address = { protocol: 'udp', ip: '203.0.113.1' }
    await assert.rejects(router.createPlainTransport({ listenInfo: address }), 'not an address of this machine')
    const gone = await bench.plain()
    gone.close()
    await assert.rejects(gone.dump())
    const dump = await router.dump()
    assert.deepEqual(dump.mapProducerIdConsumerIds, [{ key: audio.id, values: [] }], 'refusals leave nothing behind')
    assert.equal((await worker.dump()).pid, worker.pid)
  },

  async closes(bench) {
    const { router, worker } = bench
    const incoming = await bench.plain()
    const outgoing = await bench.plain({ comedia: false })
    const rtpCapabilities = router.rtpCapabilities
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: opusParameters() })
    const video = await incoming.produce({ kind: 'video', rtpParameters: vp8Parameters() })
    const heard = await outgoing.consume({ producerId: audio.id, rtpCapabilities })
    const seen = await outgoing.consume({ producerId: video.id, rtpCapabilities })
    const also = await outgoing.consume({ producerId: video.id, rtpCapabilities })

    also.close()
    await until(async () => (await outgoing.dump()).consumerIds.length === 2, 'the closed consumer is gone')
    const orphaned = next(heard, 'producerclose')
    audio.close()
    await orphaned
    assert.ok(heard.closed)
    await until(async () => (await incoming.dump()).producerIds.length === 1, 'the closed producer is gone')
    assert.deepEqual((await outgoing.dump()).consumerIds, [seen.id])

    const stranded = next(seen, 'producerclose')
    incoming.close()
    await stranded
    assert.deepEqual((await router.dump()).transportIds, [outgoing.id])
    assert.deepEqual((await outgoing.dump()).consumerIds, [])

    const ended = next(outgoing, 'routerclose')
    router.close()
    await ended
    assert.deepEqual((await worker.dump()).routerIds, [])

    const gone = next(worker, 'subprocessclose')
    worker.close()
    await gone
    assert.ok(worker.closed && worker.subprocessClosed && !worker.died)
  },
}

const checks = []
const wanted = process.argv.slice(2)
for (const [name, section] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const warnings = []
  let bench
  try {
    bench = await Bench.open()
    bench.worker.on('died', (error) => warnings.push(error.message))
    await section(bench)
    checks.push({ name, ok: true })
  } catch (error) {
    checks.push({ name, ok: false, reason: [error.stack, ...warnings].join('\n') })
  } finally {
    await bench?.close().catch((error) => checks.push({ name: `${name}: end`, ok: false, reason: error.stack }))
  }
}
console.log(JSON.stringify({ version: mediasoup.version, checks }))
process.exit(0)
