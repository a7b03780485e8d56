// A browser's end of a WebRTC transport: our own checks, and DTLS, SRTP and SCTP of the npm package werift.
import {
  DtlsClient,
  ProtectionProfileAeadAes128Gcm,
  ProtectionProfileAes128CmHmacSha1_80,
  RTCDataChannel,
  RTCDataChannelParameters,
  RTCDtlsTransport,
  RTCSctpTransport,
  RtpPacket,
  SrtcpSession,
  SrtpSession,
  keyLength,
  saltLength,
} from 'werift'
import { until } from './endpoint.mjs'
import { BINDING_SUCCESS, IcePath } from './ice.mjs'
import { isRtcp, readRtcp, writeRtp } from './rtp.mjs'

const SCTP_PORT = 5000
const POLL_MS = 20
const HANDSHAKE = 22
const RECORD_HEADER_BYTES = 13
const noEvents = { subscribe: () => ({ unSubscribe() {} }) }

// RFC 6347 4.1: a datagram holds whole records, each with its length in the last two bytes of the header.
function readRecords(datagram) {
  const records = []
  for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length; ) {
    const size = RECORD_HEADER_BYTES + datagram.readUInt16BE(at + RECORD_HEADER_BYTES - 2)
    records.push(datagram.subarray(at, at + size))
    at += size
  }
  return records
}

export class WebRtcPeer {
  packets = []
  reports = []
  seen = new Set()

  // Connects to the worker's transport as a DTLS client, over its first candidate of that protocol.
  static async connect(transport, { protocol = 'udp' } = {}) {
    const peer = new WebRtcPeer()
    const candidate = transport.iceCandidates.find((one) => one.protocol === protocol)
    peer.transport = transport
    peer.path = await IcePath.open(candidate)
    peer.path.keepChecking(transport.iceParameters)
    await until(() => peer.path.received.includes(BINDING_SUCCESS), 'the worker answers a check')
    const certificate = await RTCDtlsTransport.SetupCertificate()
    await transport.connect({ dtlsParameters: { role: 'client', fingerprints: certificate.getFingerprints() } })
    await peer.#shakeHands(certificate)
    return peer
  }

  async #shakeHands(certificate) {
    this.records = { type: 'ice', closed: false, send: async (bytes) => this.path.send(bytes), close: async () => {} }
    this.dtls = new DtlsClient({
      cert: certificate.certPem,
      key: certificate.privateKey,
      signatureHash: certificate.signatureHash,
      transport: this.records,
      srtpProfiles: [ProtectionProfileAeadAes128Gcm, ProtectionProfileAes128CmHmacSha1_80],
      extendedMasterSecret: true,
    })
    this.path.onData = (bytes) => this.#take(bytes)
    const connected = new Promise((resolve, reject) => {
      this.dtls.onConnect.once(resolve)
      this.dtls.onError.once(reject)
    })
    await this.dtls.connect()
    await connected
    const profile = this.dtls.srtp.srtpProfile
    const keys = this.dtls.extractSessionKeys(keyLength(profile), saltLength(profile))
    const config = {
      profile,
      keys: {
        localMasterKey: keys.localKey,
        localMasterSalt: keys.localSalt,
        remoteMasterKey: keys.remoteKey,
        remoteMasterSalt: keys.remoteSalt,
      },
    }
    this.srtp = new SrtpSession(config)
    this.srtcp = new SrtcpSession(config)
  }

  #take(bytes) {
    // RFC 7983 7: 20 to 63 is DTLS, 128 to 191 RTP and RTCP.
    if (bytes[0] < 64) this.#takeRecords(bytes)
    else if (!this.srtp) return
    else if (isRtcp(bytes)) this.reports.push(...readRtcp(this.srtcp.decrypt(bytes)))
    else this.packets.push(this.srtp.decrypt(bytes))
  }

  // The package answers a flight that is sent again with other keys, so it sees each handshake message once.
  #takeRecords(datagram) {
    const fresh = readRecords(datagram).filter((record) => {
      const inClear = record[0] === HANDSHAKE && record.readUInt16BE(3) === 0
      const message = inClear ? record[RECORD_HEADER_BYTES] : undefined
      if (this.seen.has(message)) return false
      if (inClear) this.seen.add(message)
      return true
    })
    if (fresh.length > 0) this.records.onData(Buffer.concat(fresh))
  }

  sendRtp(packet) {
    const { payload, header } = RtpPacket.deSerialize(packet)
    this.path.send(this.srtp.encrypt(payload, header))
  }

  sendRtcp(compound) {
    this.path.send(this.srtcp.encrypt(compound))
  }

  // Sends a packet of each shape every 20 ms until it is stopped.
  stream(...shapes) {
    let at = 0
    const timer = setInterval(() => {
      for (const shape of shapes) {
        this.sendRtp(writeRtp({ ...shape, sequence: 100 + at, timestamp: 1000 + (at * shape.clock * POLL_MS) / 1000 }))
      }
      at++
    }, POLL_MS)
    return { stop: () => clearInterval(timer) }
  }

  // Begins the SCTP association over DTLS.
  async startSctp() {
    this.sctp = new RTCSctpTransport(SCTP_PORT)
    const bearer = {
      id: 'bearer',
      onStateChange: noEvents,
      iceTransport: { role: 'controlling' },
      sendData: async (bytes) => this.dtls.send(bytes),
      dataReceiver: () => {},
    }
    this.dtls.onData.subscribe((bytes) => bearer.dataReceiver(bytes))
    this.sctp.setDtlsTransport(bearer)
    this.sctp.setRemotePort(SCTP_PORT)
    await this.sctp.start(SCTP_PORT)
  }

  // A channel that both sides agreed on beforehand.
  channel(id, options = {}) {
    return new RTCDataChannel(
      this.sctp,
      new RTCDataChannelParameters({ negotiated: true, id, ordered: true, label: '', protocol: '', ...options }),
    )
  }

  async close() {
    await this.sctp?.stop().catch(() => {})
    this.dtls?.close()
    this.path.close()
  }
}
