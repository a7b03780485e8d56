import { SignalId } from './SignalId'
import { SUCCESS, SignalError, type Message } from './Message'

const VERSION = '1.0.0'
const ANSWER_TIMEOUT_MS = 5000

interface Pending {
  resolve(body: any): void
  reject(error: Error): void
  timer: ReturnType<typeof setTimeout>
}

// One WebSocket that carries taoyao messages: requests with answers, and messages the server pushes.
export class SignalChannel {
  onPush: (message: Message) => void = () => {}
  onClose: () => void = () => {}

  private readonly ids = new SignalId()
  private readonly pending = new Map<number, Pending>()

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = (event) => this.receive(JSON.parse(event.data as string) as Message)
    socket.onclose = () => this.end()
  }

  static open(url: string): Promise<SignalChannel> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url)
      socket.onopen = () => resolve(new SignalChannel(socket))
      socket.onerror = () => reject(new SignalError('closed', `no connection to ${url}`))
    })
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN
  }

  setIndex(index: number): void {
    this.ids.setIndex(index)
  }

  // Sends a message that nobody answers.
  push(signal: string, body: object = {}): void {
    this.write({ header: { v: VERSION, id: this.ids.next(), signal }, body })
  }

  // Sends a request; resolves with the body of its answer.
  request(signal: string, body: object = {}): Promise<any> {
    if (!this.isOpen) return Promise.reject(new SignalError('closed', 'the connection was closed'))
    const id = this.ids.next()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id)
        reject(new SignalError('timeout', `${signal} was not answered`))
      }, ANSWER_TIMEOUT_MS)
      this.pending.set(id, { resolve, reject, timer })
      this.write({ header: { v: VERSION, id, signal }, body })
    })
  }

  // Answers a request of the server by sending its own message back, as the protocol wants it.
  echo(message: Message): void {
    this.write(message)
  }

  close(): void {
    this.socket.close()
  }

  private write(message: Message): void {
    if (this.isOpen) this.socket.send(JSON.stringify(message))
  }

  private receive(message: Message): void {
    const pending = this.pending.get(message.header.id)
    if (!pending) {
      this.onPush(message)
      return
    }
    this.pending.delete(message.header.id)
    clearTimeout(pending.timer)
    if (message.code === SUCCESS) pending.resolve(message.body)
    else pending.reject(new SignalError(message.code ?? '', message.message ?? ''))
  }

  private end(): void {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer)
      reject(new SignalError('closed', 'the connection was closed'))
    }
    this.pending.clear()
    this.onClose()
  }
}
