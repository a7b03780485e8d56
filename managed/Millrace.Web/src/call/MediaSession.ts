import { Device } from 'mediasoup-client'
import type { Consumer, Producer, Transport, TransportOptions } from 'mediasoup-client/types'
import type { SignalChannel } from '../signaling/SignalChannel'

export interface Consumption {
  consumerId: string
  producerId: string
  sourceId: string
  kind: 'audio' | 'video'
  rtpParameters: any
  appData: any
  producerPaused: boolean
}

// The media of one visit to a room: two transports, what is sent and what is received. It is thrown
// away and made anew when the room or the connection is rebuilt.
export class MediaSession {
  onLost: () => void = () => {}
  readonly consumers = new Map<string, { consumer: Consumer; sourceId: string }>()
  readonly producers = new Map<'audio' | 'video', Producer>()

  private sending?: Transport
  private receiving?: Transport

  private constructor(
    private readonly channel: SignalChannel,
    private readonly roomId: string,
    readonly device: Device,
  ) {}

  static async load(channel: SignalChannel, roomId: string): Promise<MediaSession> {
    const { rtpCapabilities } = await channel.request('media::router::rtp::capabilities', { roomId })
    const device = await Device.factory()
    await device.load({ routerRtpCapabilities: rtpCapabilities })
    return new MediaSession(channel, roomId, device)
  }

  async createTransports(): Promise<void> {
    const send = await this.createTransport({ producing: true, consuming: false })
    this.sending = this.watch(this.device.createSendTransport(send))
    this.sending.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const transportId = this.sending!.id
      this.channel
        .request('media::produce', { roomId: this.roomId, transportId, kind, rtpParameters, appData })
        .then(({ producerId }) => done({ id: producerId }), failed)
    })
    const receive = await this.createTransport({ producing: false, consuming: true })
    // No await may stand between that answer and this line: the server's media::consume follows it.
    this.receiving = this.watch(this.device.createRecvTransport(receive))
  }

  async produce(track: MediaStreamTrack): Promise<void> {
    const kind = track.kind as 'audio' | 'video'
    if (!this.sending || !this.device.canProduce(kind)) return
    const producer = await this.sending.produce({ track, stopTracks: false, appData: {} })
    this.producers.set(kind, producer)
  }

  async consume(c: Consumption): Promise<MediaStreamTrack | undefined> {
    if (!this.receiving) return undefined
    const consumer = await this.receiving.consume({
      id: c.consumerId,
      producerId: c.producerId,
      kind: c.kind,
      rtpParameters: c.rtpParameters,
      // Lip-synced as one stream: audio and video of one client.
      streamId: c.sourceId,
      appData: c.appData ?? {},
    })
    this.consumers.set(c.consumerId, { consumer, sourceId: c.sourceId })
    return consumer.track
  }

  setPaused(kind: 'audio' | 'video', paused: boolean): void {
    const producer = this.producers.get(kind)
    // Its own state is no guide: a producer whose track is disabled begins paused, and the server does not know.
    if (!producer) return
    if (paused) producer.pause()
    else producer.resume()
    const signal = paused ? 'media::producer::pause' : 'media::producer::resume'
    this.channel.push(signal, { roomId: this.roomId, producerId: producer.id })
  }

  closeConsumer(consumerId: string): void {
    this.consumers.get(consumerId)?.consumer.close()
    this.consumers.delete(consumerId)
  }

  close(): void {
    this.onLost = () => {}
    this.sending?.close()
    this.receiving?.close()
    this.consumers.clear()
    this.producers.clear()
  }

  private async createTransport(role: { producing: boolean; consuming: boolean }) {
    const body = { roomId: this.roomId, forceTcp: false, ...role }
    const answer = await this.channel.request('media::transport::webrtc::create', body)
    return { ...answer, id: answer.transportId } as TransportOptions
  }

  private watch(transport: Transport): Transport {
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      const body = { roomId: this.roomId, transportId: transport.id, dtlsParameters }
      this.channel.request('media::transport::webrtc::connect', body).then(() => done(), failed)
    })
    transport.on('connectionstatechange', (state) => {
      if (state === 'failed') this.onLost()
    })
    return transport
  }
}
