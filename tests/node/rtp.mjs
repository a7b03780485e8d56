// RTP and SRTP as far as the tests need them: written from RFC 3550, 3711, 4585, 7714 and 8285.
import { createCipheriv, createDecipheriv } from 'node:crypto'

const TAG_BYTES = 16
const FIRST_BYTE_WITH_EXTENSION = 0x90
const ONE_BYTE_EXTENSIONS = 0xbede

// An RTP packet with one-byte header extensions: [[id, bytes], ...].
export function writeRtp({ payloadType, sequence, timestamp, ssrc, marker = false, extensions = [], payload }) {
  const elements = extensions.flatMap(([id, bytes]) => [(id << 4) | (bytes.length - 1), ...bytes])
  while (elements.length % 4 !== 0) elements.push(0)
  const header = Buffer.alloc(16 + elements.length)
  header[0] = FIRST_BYTE_WITH_EXTENSION
  header[1] = (marker ? 0x80 : 0) | payloadType
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE(timestamp >>> 0, 4)
  header.writeUInt32BE(ssrc, 8)
  header.writeUInt16BE(ONE_BYTE_EXTENSIONS, 12)
  header.writeUInt16BE(elements.length / 4, 14)
  Buffer.from(elements).copy(header, 16)
  return Buffer.concat([header, payload])
}

export function readRtp(packet) {
  const size = headerSize(packet)
  return {
    payloadType: packet[1] & 0x7f,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    extensions: readExtensions(packet),
    payload: packet.subarray(size),
  }
}

// RFC 8285 4.2: one-byte elements, by id.
function readExtensions(packet) {
  const found = new Map()
  const at = 12 + 4 * (packet[0] & 0x0f)
  if (!(packet[0] & 0x10) || packet.readUInt16BE(at) !== ONE_BYTE_EXTENSIONS) return found
  for (let next = at + 4; next < headerSize(packet); ) {
    const size = packet[next] === 0 ? 0 : (packet[next] & 0x0f) + 1
    if (size > 0) found.set(packet[next] >> 4, packet.subarray(next + 1, next + 1 + size))
    next += 1 + size
  }
  return found
}

// RFC 5761 4: payload types 64 to 95 (with the marker bit 192 to 223) are RTCP.
export function isRtcp(packet) {
  return packet[1] >= 192 && packet[1] <= 223
}

// The packets of a compound: [{type, count, bytes}].
export function readRtcp(compound) {
  const found = []
  for (let at = 0; at + 4 <= compound.length; ) {
    const size = (compound.readUInt16BE(at + 2) + 1) * 4
    found.push({ type: compound[at + 1], count: compound[at] & 0x1f, bytes: compound.subarray(at, at + size) })
    at += size
  }
  return found
}

// RFC 4585 6.3.1: picture loss indication is PSFB (206) with FMT 1.
export function isPictureLoss({ type, count }) {
  return type === 206 && count === 1
}

// RFC 4585 6.2.1: a generic NACK is RTPFB (205) with FMT 1; entries are a sequence number and a mask of the 16 after it.
export function readNack({ type, count, bytes }) {
  if (type !== 205 || count !== 1) return []
  const sequences = []
  for (let at = 12; at < bytes.length; at += 4) {
    const mask = bytes.readUInt16BE(at + 2)
    sequences.push(bytes.readUInt16BE(at))
    for (let bit = 0; bit < 16; ++bit) if (mask & (1 << bit)) sequences.push((bytes.readUInt16BE(at) + bit + 1) & 0xffff)
  }
  return sequences
}

// RFC 3550 6.4.2: a report without blocks.
export function writeReceiverReport(sender) {
  const report = Buffer.alloc(8)
  report.set([0x80, 201, 0, 1])
  report.writeUInt32BE(sender, 4)
  return report
}

// RFC 3550 6.4.1: a report without blocks, of a stream that has just begun.
export function writeSenderReport(ssrc) {
  const report = Buffer.alloc(28)
  report.set([0x80, 200, 0, 6])
  report.writeUInt32BE(ssrc, 4)
  return report
}

// RFC 4585 6.1: feedback begins with the SSRCs of its sender and of the media; after an empty receiver report.
function writeFeedback({ type, format, sender, media, body = Buffer.alloc(0) }) {
  const header = Buffer.alloc(12)
  header.set([0x80 | format, type, 0, 2 + body.length / 4])
  header.writeUInt32BE(sender, 4)
  header.writeUInt32BE(media, 8)
  return Buffer.concat([writeReceiverReport(sender), header, body])
}

export function writePictureLoss(sender, media) {
  return writeFeedback({ type: 206, format: 1, sender, media })
}

// For one packet.
export function writeNack({ sender, ssrc, sequence }) {
  const body = Buffer.alloc(4)
  body.writeUInt16BE(sequence)
  return writeFeedback({ type: 205, format: 1, sender, media: ssrc, body })
}

// draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1: every packet from `first` to `last` came, a millisecond after
// the one before: one run of small deltas. `count` numbers the messages.
export function writeTransportFeedback({ sender, media, first, last, count }) {
  const packets = ((last - first) & 0xffff) + 1
  const deltaOfMillisecond = 4
  const body = Buffer.alloc(Math.ceil((10 + packets) / 4) * 4)
  body.writeUInt16BE(first, 0)
  body.writeUInt16BE(packets, 2)
  body.writeUIntBE(count & 0xffffff, 4, 3)
  body[7] = count & 0xff
  body.writeUInt16BE(0x2000 | packets, 8)
  body.fill(deltaOfMillisecond, 10, 10 + packets)
  return writeFeedback({ type: 205, format: 15, sender, media, body })
}

function headerSize(packet) {
  const fixed = 12 + 4 * (packet[0] & 0x0f)
  return packet[0] & 0x10 ? fixed + 4 + 4 * packet.readUInt16BE(fixed + 2) : fixed
}

// AEAD_AES_128_GCM of RFC 7714 for packets of one direction, before the sequence number wraps.
export class SrtpGcm {
  constructor(keyBase64) {
    const master = Buffer.from(keyBase64, 'base64')
    const [key, salt] = [master.subarray(0, 16), master.subarray(16, 28)]
    this.key = derive(key, salt, 0, 16)
    this.salt = derive(key, salt, 2, 12)
  }

  seal(packet) {
    const size = headerSize(packet)
    const cipher = createCipheriv('aes-128-gcm', this.key, this.#iv(packet))
    cipher.setAAD(packet.subarray(0, size))
    const body = Buffer.concat([cipher.update(packet.subarray(size)), cipher.final()])
    return Buffer.concat([packet.subarray(0, size), body, cipher.getAuthTag()])
  }

  // Throws when the packet is not authentic.
  open(packet) {
    const size = headerSize(packet)
    const decipher = createDecipheriv('aes-128-gcm', this.key, this.#iv(packet))
    decipher.setAAD(packet.subarray(0, size))
    decipher.setAuthTag(packet.subarray(packet.length - TAG_BYTES))
    const body = Buffer.concat([decipher.update(packet.subarray(size, packet.length - TAG_BYTES)), decipher.final()])
    return Buffer.concat([packet.subarray(0, size), body])
  }

  // RFC 7714 8.1: two octets of zero, SSRC, ROC and SEQ, XORed with the salt.
  #iv(packet) {
    const iv = Buffer.alloc(12)
    packet.copy(iv, 2, 8, 12)
    packet.copy(iv, 10, 2, 4)
    return Buffer.from(iv.map((byte, at) => byte ^ this.salt[at]))
  }
}

// RFC 3711 4.3.3: the key stream of AES-CM under the master key, with the label XORed into the salt.
function derive(masterKey, masterSalt, label, size) {
  const iv = Buffer.alloc(16)
  masterSalt.copy(iv)
  iv[7] ^= label
  return createCipheriv('aes-128-ctr', masterKey, iv).update(Buffer.alloc(size))
}
