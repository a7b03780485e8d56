// The controlling side of ICE towards a lite agent (RFC 8445), over UDP or over TCP with RFC 4571 frames.
import { createHmac, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { crc32 } from 'node:zlib'

const MAGIC_COOKIE = 0x2112a442
const HEADER_BYTES = 20
const BINDING_REQUEST = 0x0001
export const BINDING_SUCCESS = 0x0101
const CHECK_EVERY_MS = 100
const FINGERPRINT_MASK = 0x5354554e
const LOCAL_FRAGMENT = 'peer'

// RFC 8489 14: an attribute is padded to four bytes.
function attribute(type, value) {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(value.length, 2)
  value.copy(bytes, 4)
  return bytes
}

function uint32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

// A connectivity check that carries the agent's credentials.
export function bindingRequest({ usernameFragment, password }, { nominate = true } = {}) {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(BINDING_REQUEST, 0)
  header.writeUInt32BE(MAGIC_COOKIE, 4)
  randomBytes(12).copy(header, 8)
  let message = Buffer.concat([
    header,
    attribute(0x0006, Buffer.from(`${usernameFragment}:${LOCAL_FRAGMENT}`)),
    attribute(0x0024, uint32(0x6e7f00ff)),
    attribute(0x802a, randomBytes(8)),
    ...(nominate ? [attribute(0x0025, Buffer.alloc(0))] : []),
  ])
  // Each of the two sums is made over a header whose length already counts it.
  const add = (size, make) => {
    message.writeUInt16BE(message.length - HEADER_BYTES + size, 2)
    message = Buffer.concat([message, make()])
  }
  add(24, () => attribute(0x0008, createHmac('sha1', password).update(message).digest()))
  add(8, () => attribute(0x8028, uint32(crc32(message) ^ FINGERPRINT_MASK)))
  return message
}

export const isStun = (bytes) => bytes.length >= HEADER_BYTES && bytes[0] < 4 && bytes.readUInt32BE(4) === MAGIC_COOKIE

// RFC 4571 2: each datagram after its length in two bytes.
export function frame(datagram) {
  const prefix = Buffer.alloc(2)
  prefix.writeUInt16BE(datagram.length)
  return Buffer.concat([prefix, datagram])
}

// One way to a candidate: datagrams out, datagrams in. `received` has the STUN messages, `onData` gets all else.
export class IcePath {
  received = []
  ended = false
  onData = () => {}

  static async open(candidate) {
    const path = new IcePath()
    path.candidate = candidate
    if (candidate.protocol === 'tcp') await path.#openTcp()
    else await path.#openUdp()
    return path
  }

  async #openUdp() {
    const { address, port } = this.candidate
    this.socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    this.socket.on('message', (bytes) => this.#take(bytes))
    this.socket.connect(port, address)
    await once(this.socket, 'connect')
    this.send = (datagram) => this.socket.send(datagram)
    this.port = this.socket.address().port
  }

  async #openTcp() {
    const { address, port } = this.candidate
    this.socket = connect({ host: address, port, noDelay: true })
    await once(this.socket, 'connect')
    let rest = Buffer.alloc(0)
    this.socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes])
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const size = rest.readUInt16BE(0)
        this.#take(rest.subarray(2, 2 + size))
        rest = rest.subarray(2 + size)
      }
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => (this.ended = true))
    this.send = (datagram) => this.socket.write(frame(datagram))
    this.port = this.socket.localPort
  }

  #take(bytes) {
    if (isStun(bytes)) this.received.push(bytes.readUInt16BE(0))
    else this.onData(bytes)
  }

  // Checks now and then until it is told to stop.
  keepChecking(iceParameters) {
    this.stopChecking()
    this.send(bindingRequest(iceParameters))
    this.timer = setInterval(() => this.ended || this.send(bindingRequest(iceParameters)), CHECK_EVERY_MS)
  }

  stopChecking() {
    clearInterval(this.timer)
  }

  close() {
    this.stopChecking()
    if (this.candidate.protocol === 'tcp') this.socket.destroy()
    else this.socket.close()
  }
}
