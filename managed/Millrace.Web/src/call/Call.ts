import { reactive, ref, shallowRef } from 'vue'
import { SignalChannel } from '../signaling/SignalChannel'
import { requestGuest, signalUrl, type Credentials } from '../signaling/Guest'
import { SignalError, UNAUTHORIZED, type Message } from '../signaling/Message'
import { MediaSession } from './MediaSession'
import { createPeer, type Peer } from './Peer'
import { findOrCreateRoom } from './room'
import { TurnQueue } from './TurnQueue'

export type CallState = 'idle' | 'joining' | 'joined' | 'reconnecting'

export interface JoinRequest {
  name: string
  room: string
  credentials?: Credentials
  tracks: MediaStreamTrack[]
}

const HEARTBEAT_MS = 30_000
const RETRY_FIRST_MS = 1000
const RETRY_MOST_MS = 10_000
// A volume above this (dBov, 0 is the loudest) counts as speaking.
const SPEAKING_DBOV = -50

// A call from join to leave. It keeps itself alive: a lost connection, a lost transport or a room that
// the server rebuilt each end in the same place, `enter`, which makes all media anew.
export class Call {
  readonly state = ref<CallState>('idle')
  readonly error = ref('')
  readonly peers = reactive(new Map<string, Peer>())
  readonly session = shallowRef<MediaSession>()
  readonly clientId = crypto.randomUUID()

  private request?: JoinRequest
  private channel?: SignalChannel
  private roomId = ''
  private connecting = false
  private heartbeat?: ReturnType<typeof setInterval>
  private readonly turns = new TurnQueue()

  // Resolves when joined; rejects when the first try fails. Later failures are retried inside.
  async join(request: JoinRequest): Promise<void> {
    this.request = request
    this.state.value = 'joining'
    this.error.value = ''
    try {
      await this.connect(request)
    } catch (error) {
      this.channel?.close()
      this.reset()
      throw error
    }
  }

  leave(): void {
    const channel = this.channel
    this.reset()
    if (!channel) return
    channel.push('room::leave', { roomId: this.roomId })
    channel.request('client::close').catch(() => {}).finally(() => channel.close())
  }

  setMuted(kind: 'audio' | 'video', muted: boolean): void {
    const self = this.peers.get(this.clientId)
    if (!self) return
    if (kind === 'audio') self.audioMuted = muted
    else self.videoMuted = muted
    const track = this.request?.tracks.find((t) => t.kind === kind)
    if (track) track.enabled = !muted
    this.session.value?.setPaused(kind, muted)
  }

  // Whoever calls this deals with its failure; `lost` then has nothing to do.
  private async connect(request: JoinRequest): Promise<void> {
    this.connecting = true
    try {
      await this.connectAs(request)
    } finally {
      this.connecting = false
    }
  }

  private async connectAs(request: JoinRequest): Promise<void> {
    const credentials = request.credentials ?? (await requestGuest())
    if (!credentials) throw new SignalError(UNAUTHORIZED, 'a user name and password are needed')
    const channel = await SignalChannel.open(signalUrl())
    if (this.request !== request) {
      channel.close()
      throw new SignalError('left', 'the call was left')
    }
    this.channel = channel
    channel.onPush = (message) => this.receive(channel, message)
    channel.onClose = () => this.lost(channel)
    const registration = { ...credentials, clientId: this.clientId, clientType: 'WEB', name: request.name }
    const { index } = await channel.request('client::register', registration)
    channel.setIndex(index)
    clearInterval(this.heartbeat)
    this.heartbeat = setInterval(() => channel.push('client::heartbeat'), HEARTBEAT_MS)
    this.roomId = await findOrCreateRoom(channel, request.room)
    await this.turns.run(() => this.enter(channel))
    if (!channel.isOpen) throw new SignalError('closed', 'the connection was closed')
  }

  // Enters the room and starts all media. The one place where a call begins or begins again.
  private async enter(channel: SignalChannel): Promise<void> {
    this.session.value?.close()
    const self = this.peers.get(this.clientId)
    this.peers.clear()
    const session = await MediaSession.load(channel, this.roomId)
    if (channel !== this.channel) throw new SignalError('left', 'the call was left')
    session.onLost = () => this.rebuild(channel)
    this.session.value = session
    this.addSelf(self)
    await channel.request('room::enter', {
      roomId: this.roomId,
      subscribeType: 'ALL',
      rtpCapabilities: session.device.recvRtpCapabilities,
    })
    await session.createTransports()
    for (const track of this.request?.tracks ?? []) await session.produce(track)
    const me = this.peers.get(this.clientId)
    if (me?.audioMuted) session.setPaused('audio', true)
    if (me?.videoMuted) session.setPaused('video', true)
    if (channel === this.channel) this.state.value = 'joined'
  }

  private addSelf(before?: Peer): void {
    const self = createPeer(this.clientId, this.request!.name, true)
    self.audio = this.request!.tracks.find((t) => t.kind === 'audio')
    self.video = this.request!.tracks.find((t) => t.kind === 'video')
    self.audioMuted = before?.audioMuted ?? !self.audio?.enabled
    self.videoMuted = before?.videoMuted ?? !self.video?.enabled
    this.peers.set(this.clientId, self)
  }

  private receive(channel: SignalChannel, message: Message): void {
    const body = message.body ?? {}
    if (body.roomId !== undefined && body.roomId !== this.roomId) return
    switch (message.header.signal) {
      case 'room::enter':
        this.meet(body.clientId, body.status?.name)
        break
      case 'room::client::list':
        for (const client of body.clients) this.meet(client.clientId, client.name)
        break
      case 'room::leave':
      case 'client::offline':
        this.peers.delete(body.clientId)
        break
      case 'room::close':
        this.leave()
        break
      case 'room::create':
        this.rebuild(channel)
        break
      case 'media::consume':
        void this.consume(channel, message)
        break
      case 'media::consumer::close':
        this.dropConsumer(body.consumerId)
        break
      case 'media::consumer::pause':
        this.showMuted(body.consumerId, true)
        break
      case 'media::consumer::resume':
        this.showMuted(body.consumerId, false)
        break
      case 'media::audio::volume':
        this.showSpeaking(body.volumes ?? [])
        break
    }
  }

  private meet(clientId: string, name?: string): void {
    const known = this.peers.get(clientId)
    if (known) known.name = name ?? known.name
    else this.peers.set(clientId, createPeer(clientId, name ?? clientId))
  }

  private async consume(channel: SignalChannel, message: Message): Promise<void> {
    const { body } = message
    const session = this.session.value
    const track = await session?.consume(body)
    if (!track || session !== this.session.value) return
    this.meet(body.sourceId)
    const peer = this.peers.get(body.sourceId)!
    if (body.kind === 'audio') peer.audio = track
    else peer.video = track
    this.showMuted(body.consumerId, body.producerPaused)
    // The server lets the media flow when its own message comes back.
    channel.echo(message)
  }

  private dropConsumer(consumerId: string): void {
    const entry = this.session.value?.consumers.get(consumerId)
    this.session.value?.closeConsumer(consumerId)
    const peer = entry && this.peers.get(entry.sourceId)
    if (!peer) return
    if (entry.consumer.kind === 'audio') peer.audio = undefined
    else peer.video = undefined
    this.setPeerMuted(peer, entry.consumer.kind, true)
  }

  private showMuted(consumerId: string, muted: boolean): void {
    const entry = this.session.value?.consumers.get(consumerId)
    const peer = entry && this.peers.get(entry.sourceId)
    if (peer) this.setPeerMuted(peer, entry.consumer.kind, muted)
  }

  private setPeerMuted(peer: Peer, kind: string, muted: boolean): void {
    if (kind === 'audio') peer.audioMuted = muted
    else peer.videoMuted = muted
  }

  private showSpeaking(volumes: { clientId: string; volume: number }[]): void {
    const loud = new Set(volumes.filter((v) => v.volume > SPEAKING_DBOV).map((v) => v.clientId))
    for (const peer of this.peers.values()) peer.speaking = loud.has(peer.clientId)
  }

  // The media is gone but the connection stands: leave and enter again.
  private rebuild(channel: SignalChannel): void {
    this.state.value = 'reconnecting'
    channel.push('room::leave', { roomId: this.roomId })
    this.turns.run(() => this.enter(channel)).catch(() => channel.close())
  }

  private lost(channel: SignalChannel): void {
    if (channel !== this.channel) return
    clearInterval(this.heartbeat)
    if (!this.request || this.connecting) return
    this.state.value = 'reconnecting'
    void this.reconnect(this.request)
  }

  // Tries until it works or the call is left; there is one such loop at a time.
  private async reconnect(request: JoinRequest): Promise<void> {
    for (let delayMs = RETRY_FIRST_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MOST_MS)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      if (this.request !== request) return
      try {
        return await this.connect(request)
      } catch {
        if (this.request === request) this.drop()
      }
    }
  }

  // Forgets the connection before it closes it: its end is no news.
  private drop(): void {
    const channel = this.channel
    this.channel = undefined
    clearInterval(this.heartbeat)
    channel?.close()
  }

  private reset(): void {
    this.state.value = 'idle'
    this.request = undefined
    clearInterval(this.heartbeat)
    this.session.value?.close()
    this.session.value = undefined
    this.channel = undefined
    this.peers.clear()
  }
}
