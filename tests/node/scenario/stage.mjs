import * as mediasoup from 'mediasoup'
import { Bench, LOOPBACK } from '../bench.mjs'
import { mediaCodecs } from '../streams.mjs'
import { WebRtcPeer } from '../webrtc_peer.mjs'

export { LOOPBACK }
const loopback = (protocol) => ({ protocol, ip: LOOPBACK })

// Where all steps play: one worker and one router, and what a step brought with it, which goes at its end.
export class Stage extends Bench {
  #streams = []
  #peers = []
  #transports = []
  #others = []

  static async open() {
    const stage = new Stage()
    stage.worker = await mediasoup.createWorker({ logLevel: 'warn', rtcMinPort: 20_000, rtcMaxPort: 29_999 })
    stage.router = await stage.worker.createRouter({ mediaCodecs })
    stage.worker.on('died', (error) => {
      throw error
    })
    return stage
  }

  async plain(options = {}) {
    return this.#keep(await super.plain(options))
  }

  async direct(router = this.router) {
    return this.#keep(await router.createDirectTransport())
  }

  async pipe(options = {}, router = this.router) {
    return this.#keep(await router.createPipeTransport({ listenInfo: loopback('udp'), ...options }))
  }

  // A second router, of the same worker or of one of its own.
  async secondRouter(worker = this.worker) {
    const router = await worker.createRouter({ mediaCodecs })
    this.#others.push(router)
    return router
  }

  async secondWorker() {
    const worker = await mediasoup.createWorker({ logLevel: 'warn', rtcMinPort: 30_000, rtcMaxPort: 32_767 })
    this.#others.push(worker)
    return worker
  }

  async webRtc(options = {}) {
    const listenInfos = [loopback('udp'), loopback('tcp')]
    return this.#keep(await this.router.createWebRtcTransport({ listenInfos, enableTcp: true, ...options }))
  }

  // A WebRTC transport and the peer that is connected to it.
  async connected(options = {}, connect = {}) {
    const transport = await this.webRtc(options)
    const peer = await WebRtcPeer.connect(transport, connect)
    this.#peers.push(peer)
    return { transport, peer }
  }

  // Sends these shapes into a plain transport until the step ends.
  async send(transport, ...shapes) {
    const endpoint = await this.endpoint()
    for (const shape of shapes) this.run(endpoint.stream(transport.tuple.localPort, shape))
    return endpoint
  }

  run(stream) {
    this.#streams.push(stream)
    return stream
  }

  #keep(transport) {
    this.#transports.push(transport)
    return transport
  }

  async clear() {
    for (const stream of this.#streams.splice(0)) stream.stop()
    for (const transport of this.#transports.splice(0)) transport.close()
    for (const peer of this.#peers.splice(0)) await peer.close()
    for (const other of this.#others.splice(0)) other.close()
    this.closeEndpoints()
  }
}
