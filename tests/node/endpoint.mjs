// The far end of a plain transport: a UDP socket that sends a stream and remembers what comes.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isRtcp, readRtcp, writeRtp } from './rtp.mjs'

export const DEADLINE_MS = 15_000
const POLL_MS = 20

export class Endpoint {
  packets = []
  reports = []

  static async open() {
    const endpoint = new Endpoint()
    endpoint.socket = createSocket('udp4')
    endpoint.socket.on('message', (bytes) => {
      if (isRtcp(bytes)) endpoint.reports.push(...readRtcp(bytes))
      else endpoint.packets.push(bytes)
    })
    endpoint.socket.bind(0, '127.0.0.1')
    await once(endpoint.socket, 'listening')
    return endpoint
  }

  get port() {
    return this.socket.address().port
  }

  // Sends a packet every 20 ms until it is stopped. `shape` gives payloadType, ssrc, clock, extensions and payload, and
  // may say which sequence numbers are lost on the way, and what is different `at` one. `seal` protects each packet.
  stream(port, shape, seal = (packet) => packet) {
    let sequence = 100
    let timestamp = 1000
    const timer = setInterval(() => {
      const packet = writeRtp({ ...shape, sequence, timestamp, ...shape.at?.(sequence) })
      timestamp += (shape.clock * POLL_MS) / 1000
      if (!shape.lost?.(sequence)) this.send(seal(packet), port)
      sequence++
    }, POLL_MS)
    return { stop: () => clearInterval(timer) }
  }

  send(bytes, port) {
    this.socket.send(bytes, port, '127.0.0.1')
  }

  close() {
    this.socket.close()
  }
}

// Asks again and again until the answer is truthy; returns it.
export async function until(ask, what, deadlineMs = DEADLINE_MS) {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

// The arguments of the next event of this name.
export function next(emitter, name, deadlineMs = DEADLINE_MS) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no '${name}' in time`)), deadlineMs)
    emitter.once(name, (...args) => {
      clearTimeout(timer)
      resolve(args)
    })
  })
}
