import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer, type WebSocket as ServerSocket } from 'ws'
import { findOrCreateRoom } from '../src/call/room'
import { SignalChannel } from '../src/signaling/SignalChannel'
import type { Message } from '../src/signaling/Message'

Object.assign(globalThis, { WebSocket })

let server: WebSocketServer
let channel: SignalChannel
let peer: ServerSocket
// What the far end does with a message; each test sets its own.
let answer: (message: Message) => void

const say = (message: object) => peer.send(JSON.stringify(message))
const ok = (message: Message, body?: unknown) => say({ code: '0000', message: 'ok', header: message.header, body })

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const accepted = new Promise<ServerSocket>((resolve) => server.once('connection', resolve))
  channel = await SignalChannel.open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  peer = await accepted
  peer.on('message', (data) => answer(JSON.parse(String(data)) as Message))
})

afterEach(async () => {
  channel.close()
  await new Promise((resolve) => server.close(resolve))
})

test('a request resolves with the body of the answer that has its id', async () => {
  answer = (message) => ok(message, { index: 10001 })
  expect(await channel.request('client::register', { name: 'a' })).toEqual({ index: 10001 })
})

test('an error answer rejects with its code and text', async () => {
  answer = (m) => say({ code: '3401', message: '注册失败', header: { ...m.header, signal: 'platform::error' }, body: {} })
  await expect(channel.request('client::register')).rejects.toMatchObject({ code: '3401', message: '注册失败' })
})

test('a message with an unknown id is a push', async () => {
  const pushed = new Promise<Message>((resolve) => (channel.onPush = resolve))
  say({ code: '0000', header: { v: '1.0.0', id: 7, signal: 'client::online' }, body: { clientId: 'b' } })
  expect((await pushed).body).toEqual({ clientId: 'b' })
})

test('requests that wait are rejected when the connection closes', async () => {
  answer = () => peer.close()
  await expect(channel.request('room::list')).rejects.toMatchObject({ code: 'closed' })
})

test('an existing room is found by its name', async () => {
  answer = (message) => ok(message, [{ roomId: 'r1', name: 'other' }, { roomId: 'r2', name: 'lobby' }])
  expect(await findOrCreateRoom(channel, 'lobby')).toBe('r2')
})

test('of two rooms made in the same moment the first wins and the other is closed', async () => {
  const closed: string[] = []
  let lists = 0
  const settled = new Promise<void>((resolve) => {
    answer = (message) => {
      const { signal } = message.header
      if (signal === 'room::list') ok(message, lists++ ? [{ roomId: 'a', name: 'x' }, { roomId: 'b', name: 'x' }] : [])
      if (signal === 'room::create') ok(message, { roomId: 'b', name: 'x' })
      if (signal === 'room::close') {
        closed.push(message.body.roomId)
        resolve()
      }
    }
  })
  expect(await findOrCreateRoom(channel, 'x')).toBe('a')
  await settled
  expect(closed).toEqual(['b'])
})
