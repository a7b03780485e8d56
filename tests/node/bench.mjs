import * as mediasoup from 'mediasoup'
import { Endpoint, next } from './endpoint.mjs'
import { mediaCodecs } from './streams.mjs'

export const LOOPBACK = '127.0.0.1'

// What a section works with: a worker, a router and whatever must be closed at its end.
export class Bench {
  #endpoints = []

  static async open() {
    const bench = new Bench()
    bench.worker = await mediasoup.createWorker({ logLevel: 'warn', rtcMinPort: 20_000, rtcMaxPort: 29_999 })
    bench.router = await bench.worker.createRouter({ mediaCodecs })
    return bench
  }

  async endpoint() {
    const endpoint = await Endpoint.open()
    this.#endpoints.push(endpoint)
    return endpoint
  }

  plain(options = {}) {
    return this.router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: LOOPBACK },
      rtcpMux: true,
      comedia: true,
      ...options,
    })
  }

  // A plain transport that sends what it consumes to an endpoint.
  async receiver(options = {}, connect = {}) {
    const endpoint = await this.endpoint()
    const transport = await this.plain({ comedia: false, ...options })
    await transport.connect({ ip: LOOPBACK, port: endpoint.port, ...connect })
    return { endpoint, transport }
  }

  closeEndpoints() {
    for (const endpoint of this.#endpoints.splice(0)) endpoint.close()
  }

  async close() {
    this.closeEndpoints()
    if (this.worker.closed) return
    this.worker.close()
    await next(this.worker, 'subprocessclose')
  }
}
