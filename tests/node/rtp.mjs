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
    payload: packet.subarray(size),
  }
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

// A compound of an empty receiver report and a NACK for one packet.
export function writeNack({ sender, ssrc, sequence }) {
  const compound = Buffer.alloc(8 + 16)
  compound.set([0x80, 201, 0, 1])
  compound.writeUInt32BE(sender, 4)
  compound.set([0x81, 205, 0, 3], 8)
  compound.writeUInt32BE(sender, 12)
  compound.writeUInt32BE(ssrc, 16)
  compound.writeUInt16BE(sequence, 20)
  return compound
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
