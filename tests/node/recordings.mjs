// What the golden transcripts tell of. Tests/Millrace.Controller.Tests/Transcripts makes the same calls in the same order.
import { mediaCodecs } from './streams.mjs'

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid'
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'
const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
const LOOPBACK = '127.0.0.1'
const videoFeedback = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb' },
  { type: 'transport-cc' },
]
const videoCodecs = [
  { mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000, rtcpFeedback: videoFeedback },
  { mimeType: 'video/rtx', payloadType: 102, clockRate: 90_000, parameters: { apt: 101 } },
]

// The parameters of the calls, written into each transcript so that both sides read the same ones.
export const inputs = {
  router: {
    codecs: mediaCodecs,
    headerExtensions: [],
  },
  opus: {
    mid: 'a',
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1, usedtx: 1 },
        rtcpFeedback: [{ type: 'transport-cc' }],
      },
    ],
    headerExtensions: [
      { uri: MID, id: 1 },
      { uri: AUDIO_LEVEL, id: 3 },
    ],
    encodings: [{ ssrc: 11_111, dtx: true }],
    rtcp: { cname: 'mill', reducedSize: true },
  },
  vp8: {
    mid: 'v',
    codecs: videoCodecs,
    headerExtensions: [{ uri: MID, id: 1 }],
    encodings: [{ ssrc: 22_222, rtx: { ssrc: 22_223 } }],
    rtcp: { cname: 'mill', reducedSize: true },
  },
  simulcast: {
    mid: 's',
    codecs: videoCodecs,
    headerExtensions: [
      { uri: MID, id: 1 },
      { uri: RID, id: 2 },
    ],
    encodings: [
      { rid: 'r0', maxBitrate: 100_000, scalabilityMode: 'L1T3' },
      { rid: 'r1', maxBitrate: 300_000, scalabilityMode: 'L1T3' },
      { rid: 'r2', maxBitrate: 900_000, scalabilityMode: 'L1T3' },
    ],
    rtcp: { cname: 'mill', reducedSize: true },
  },
}

const remoteDtls = {
  role: 'client',
  fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
}

// A 30-byte key and salt (RFC 3711) and a 28-byte one (RFC 7714), base64.
const KEY_30 = Buffer.from(Array.from({ length: 30 }, (_, i) => i)).toString('base64')
const KEY_28 = Buffer.from(Array.from({ length: 28 }, (_, i) => i)).toString('base64')

const KEY_44 = Buffer.from(Array.from({ length: 44 }, (_, i) => i)).toString('base64')
// Version 2, payload type 111, sequence number 1, timestamp 0, SSRC 11111.
const RTP = '806f00010000000000002b67fcfffe'
// RFC 3550 6.4.2: an empty report of SSRC 1.
const RECEIVER_REPORT = '80c9000100000001'

function room(worker) {
  return worker.createRouter({ mediaCodecs: inputs.router.codecs })
}

function plain(router, more = {}) {
  return router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: LOOPBACK }, comedia: true, ...more })
}

// All that an observer is asked, whatever it observes.
async function observe(worker, create) {
  const router = await room(worker)
  const incoming = await plain(router)
  const audio = await incoming.produce({ kind: 'audio', rtpParameters: inputs.opus })
  const observer = await create(router)
  await observer.addProducer({ producerId: audio.id })
  await observer.pause()
  await observer.resume()
  await observer.removeProducer({ producerId: audio.id })
  observer.close()
  await router.dump()
}

export const scenarios = {
  async worker(worker) {
    await worker.updateSettings({ logLevel: 'debug', logTags: ['ice', 'dtls'] })
    await worker.updateSettings({ logLevel: 'warn', logTags: [] })
    const router = await room(worker)
    await worker.dump()
    await worker.getResourceUsage()
    await router.dump()
    router.close()
    await worker.dump()
  },

  async webRtcServer(worker) {
    const server = await worker.createWebRtcServer({
      listenInfos: [
        { protocol: 'udp', ip: LOOPBACK, announcedAddress: '192.0.2.7' },
        { protocol: 'tcp', ip: LOOPBACK, sendBufferSize: 65_536, recvBufferSize: 131_072 },
      ],
    })
    const router = await room(worker)
    const transport = await router.createWebRtcTransport({
      webRtcServer: server,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: 1_000_000,
    })
    await server.dump()
    await transport.connect({ dtlsParameters: remoteDtls })
    await transport.restartIce()
    await transport.dump()
    server.close()
    await router.dump()
  },

  async webRtcTransport(worker) {
    const router = await room(worker)
    const transport = await router.createWebRtcTransport({
      listenInfos: [
        { protocol: 'udp', ip: LOOPBACK, announcedAddress: '192.0.2.7', exposeInternalIp: true },
        { protocol: 'tcp', ip: LOOPBACK, portRange: { min: 25_000, max: 25_999 } },
      ],
      enableTcp: true,
      preferTcp: true,
      iceConsentTimeout: 20,
    })
    await transport.setMaxIncomingBitrate(1_500_000)
    await transport.setMaxOutgoingBitrate(2_000_000)
    await transport.setMinOutgoingBitrate(100_000)
    await transport.enableTraceEvent(['probation', 'bwe'])
    await transport.getStats()
    transport.close()
    await router.dump()
  },

  async plainTransport(worker) {
    const router = await room(worker)
    const open = await plain(router, { comedia: false })
    await open.connect({ ip: LOOPBACK, port: 9_000 })
    const apart = await plain(router, { comedia: false, rtcpMux: false })
    await apart.connect({ ip: LOOPBACK, port: 9_002, rtcpPort: 9_003 })
    const secret = await plain(router, { enableSrtp: true, srtpCryptoSuite: 'AES_CM_128_HMAC_SHA1_80' })
    await secret.connect({ srtpParameters: { cryptoSuite: 'AES_CM_128_HMAC_SHA1_80', keyBase64: KEY_30 } })
    const gcm = await plain(router, { comedia: false, enableSrtp: true, srtpCryptoSuite: 'AEAD_AES_128_GCM' })
    await gcm.connect({ ip: LOOPBACK, port: 9_004, srtpParameters: { cryptoSuite: 'AEAD_AES_128_GCM', keyBase64: KEY_28 } })
    await open.getStats()
    await apart.dump()
    router.close()
    await worker.dump()
  },

  async media(worker) {
    const router = await room(worker)
    const incoming = await plain(router)
    const outgoing = await plain(router)
    const { rtpCapabilities } = router
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: inputs.opus })
    const video = await incoming.produce({ kind: 'video', rtpParameters: inputs.vp8, paused: true, keyFrameRequestDelay: 500 })
    const layers = await incoming.produce({ kind: 'video', rtpParameters: inputs.simulcast })
    const heard = await outgoing.consume({ producerId: audio.id, rtpCapabilities })
    const seen = await outgoing.consume({ producerId: video.id, rtpCapabilities, paused: true, enableRtx: false })
    const chosen = await outgoing.consume({
      producerId: layers.id,
      rtpCapabilities,
      preferredLayers: { spatialLayer: 1, temporalLayer: 1 },
    })
    await video.resume()
    await seen.resume()
    await audio.pause()
    await heard.pause()
    await chosen.setPreferredLayers({ spatialLayer: 2 })
    await chosen.setPreferredLayers({ spatialLayer: 0, temporalLayer: 0 })
    await chosen.setPriority(10)
    await chosen.unsetPriority()
    await seen.requestKeyFrame()
    await audio.enableTraceEvent(['rtp', 'sr'])
    await seen.enableTraceEvent(['keyframe', 'nack', 'pli', 'fir'])
    await audio.dump()
    await video.getStats()
    await chosen.dump()
    await heard.getStats()
    heard.close()
    audio.close()
    incoming.close()
    await outgoing.dump()
  },

  async audioLevelObserver(worker) {
    await observe(worker, (router) => router.createAudioLevelObserver({ maxEntries: 3, threshold: -70, interval: 500 }))
  },

  async activeSpeakerObserver(worker) {
    await observe(worker, (router) => router.createActiveSpeakerObserver({ interval: 400 }))
  },

  async pipeTransport(worker) {
    const router = await room(worker)
    const incoming = await plain(router)
    const layers = await incoming.produce({ kind: 'video', rtpParameters: inputs.simulcast })
    const listenInfo = { protocol: 'udp', ip: LOOPBACK }
    const secret = await router.createPipeTransport({ listenInfo, enableRtx: true, enableSrtp: true })
    await secret.connect({
      ip: LOOPBACK,
      port: 9_010,
      srtpParameters: { cryptoSuite: 'AEAD_AES_256_GCM', keyBase64: KEY_44 },
    })
    const whole = await secret.consume({ producerId: layers.id })
    const open = await router.createPipeTransport({ listenInfo })
    await open.connect({ ip: LOOPBACK, port: 9_012 })
    await open.consume({ producerId: layers.id })
    await whole.pause()
    await secret.getStats()
    await open.dump()
    router.close()
    await worker.dump()
  },

  async pipeToRouter(worker) {
    const near = await room(worker)
    const far = await room(worker)
    const incoming = await plain(near)
    const audio = await incoming.produce({ kind: 'audio', rtpParameters: inputs.opus, paused: true })
    const layers = await incoming.produce({ kind: 'video', rtpParameters: inputs.simulcast })
    const options = { router: far, keepId: false, enableSctp: false, listenInfo: { protocol: 'udp', ip: LOOPBACK } }
    await near.pipeToRouter({ ...options, producerId: audio.id })
    await near.pipeToRouter({ ...options, producerId: layers.id })
    await far.dump()
  },

  async directTransport(worker) {
    const router = await room(worker)
    const direct = await router.createDirectTransport({ maxMessageSize: 100_000 })
    const audio = await direct.produce({ kind: 'audio', rtpParameters: inputs.opus })
    audio.send(Buffer.from(RTP, 'hex'))
    direct.sendRtcp(Buffer.from(RECEIVER_REPORT, 'hex'))
    const chat = await direct.produceData({ label: 'chat', protocol: 'text' })
    const read = await direct.consumeData({ dataProducerId: chat.id, subchannels: [1] })
    await read.setSubchannels([1, 2])
    await read.addSubchannel(3)
    await read.removeSubchannel(1)
    chat.send('all')
    chat.send(Buffer.from([1, 2, 3]))
    chat.send('some', undefined, [2, 7], 2)
    await read.pause()
    await read.resume()
    await chat.pause()
    await chat.resume()
    await chat.dump()
    await chat.getStats()
    await read.dump()
    await read.getStats()
    read.close()
    chat.close()
    await direct.getStats()
    await direct.dump()
    direct.close()
    await router.dump()
  },

  async data(worker) {
    const router = await room(worker)
    const sctp = { comedia: false, enableSctp: true, maxSendMessageSize: 100_000, maxReceiveMessageSize: 120_000 }
    const incoming = await plain(router, sctp)
    const outgoing = await plain(router, { comedia: false, enableSctp: true })
    const ordered = await incoming.produceData({
      label: 'ordered',
      protocol: 'p',
      sctpStreamParameters: { streamId: 4, ordered: true },
    })
    const lossy = await incoming.produceData({
      label: 'lossy',
      sctpStreamParameters: { streamId: 5, ordered: false, maxRetransmits: 2 },
      paused: true,
    })
    const first = await outgoing.consumeData({ dataProducerId: ordered.id })
    const second = await outgoing.consumeData({ dataProducerId: lossy.id, ordered: false, maxRetransmits: 5, paused: true })
    await first.setBufferedAmountLowThreshold(2_000)
    await first.getBufferedAmount()
    await second.getStats()
    lossy.close()
    first.close()
    incoming.close()
    await outgoing.dump()
  },
}
