// Data channels of our worker against werift-sctp, an SCTP in JavaScript that shares no code with ours, on a plain
// transport; the npm package mediasoup is the controller. Prints what came of it, as controller.mjs does:
//   {"version":"3.27.1","checks":[{"name":"messages","ok":true}]}
// usage: MEDIASOUP_WORKER_BIN=.../millrace-worker node sctp.mjs
import { strict as assert } from 'node:assert'
import * as mediasoup from 'mediasoup'
import { SCTP } from 'werift-sctp'
import { Bench, LOOPBACK } from './bench.mjs'
import { next, until } from './endpoint.mjs'

const PPID_STRING = 51
const PPID_BINARY = 53
const PPID_EMPTY_STRING = 56

// One SCTP association over the UDP socket of an endpoint.
class SctpPeer {
  messages = []
  resets = []

  static async open(bench, transport) {
    const peer = new SctpPeer()
    const endpoint = await bench.endpoint()
    peer.wire = {
      send: async (packet) => endpoint.send(Buffer.from(packet), transport.tuple.localPort),
      close: async () => {},
      onData: undefined,
      onClose: undefined,
    }
    endpoint.socket.removeAllListeners('message')
    endpoint.socket.on('message', (bytes) => peer.wire.onData?.(bytes))
    // It waits for our INIT: the worker begins when the transport is connected.
    peer.association = SCTP.server(peer.wire, 5000)
    peer.association.onReceive.subscribe((stream, ppid, bytes) => peer.messages.push({ stream, ppid, bytes }))
    peer.association.onReconfigStreams.subscribe((streams) => peer.resets.push(...streams))
    await peer.association.start(5000)
    await transport.connect({ ip: LOOPBACK, port: endpoint.port })
    return peer
  }

  get connected() {
    return this.association.state === 'connected'
  }

  send(stream, ppid, bytes, options) {
    return this.association.send(stream, ppid, Buffer.from(bytes), options)
  }

  arrived(count) {
    return until(() => this.messages.length >= count, `${count} messages, not ${this.messages.length}`)
  }
}

// Two transports, each with a connected peer.
async function open(bench) {
  const states = []
  const sides = []
  for (const name of ['from', 'to']) {
    const transport = await bench.plain({ comedia: false, enableSctp: true })
    transport.on('sctpstatechange', (state) => states.push(`${name} ${state}`))
    const peer = await SctpPeer.open(bench, transport)
    await until(() => peer.connected && transport.sctpState === 'connected', `${name} connects`)
    sides.push({ transport, peer })
  }
  return { states, from: sides[0], to: sides[1] }
}

const sections = {
  async connects(bench) {
    const { states, from } = await open(bench)
    assert.deepEqual(states, ['from connecting', 'from connected', 'to connecting', 'to connected'])
    const { sctpParameters, sctpState, sctpNegotiatedCapabilities } = await from.transport.dump()
    assert.equal(sctpParameters.port, 5000)
    assert.equal(sctpParameters.maxSendMessageSize, 262_144)
    assert.equal(sctpParameters.isDataChannel, false)
    assert.equal(sctpState, 'connected')
    assert.ok(sctpNegotiatedCapabilities.negotiatedMaxOutboundStreams > 0)
    assert.ok(from.transport.sctpNegotiatedCapabilities.negotiatedMaxInboundStreams > 0)
  },

  async messages(bench) {
    const { from, to } = await open(bench)
    const producer = await from.transport.produceData({ sctpStreamParameters: { streamId: 3 }, label: 'chat' })
    const consumer = await to.transport.consumeData({ dataProducerId: producer.id })
    assert.equal(consumer.label, 'chat')
    const sizes = [1, 100, 5000, 20_000]
    for (const size of sizes) await from.peer.send(3, PPID_BINARY, Buffer.alloc(size, size & 0xff))
    await from.peer.send(3, PPID_STRING, 'the end')
    await to.peer.arrived(sizes.length + 1)
    assert.deepEqual(to.peer.messages.map(({ bytes }) => bytes.length), [...sizes, 7])
    assert.ok(to.peer.messages.every(({ stream }) => stream === consumer.sctpStreamParameters.streamId))
    assert.equal(to.peer.messages.at(-1).ppid, PPID_STRING)
    const [stats] = await producer.getStats()
    assert.equal(stats.messagesReceived, sizes.length + 1)
    assert.equal((await consumer.getStats())[0].messagesSent, sizes.length + 1)

    await consumer.send('from the controller')
    await consumer.send('')
    await to.peer.arrived(sizes.length + 3)
    assert.equal(to.peer.messages.at(-2).bytes.toString(), 'from the controller')
    assert.equal(to.peer.messages.at(-1).ppid, PPID_EMPTY_STRING)
  },

  async unordered(bench) {
    const { from, to } = await open(bench)
    const producer = await from.transport.produceData({
      sctpStreamParameters: { streamId: 0, ordered: false, maxRetransmits: 1 },
    })
    const consumer = await to.transport.consumeData({ dataProducerId: producer.id })
    assert.equal(consumer.sctpStreamParameters.ordered, false)
    assert.equal(consumer.sctpStreamParameters.maxRetransmits, 1)
    for (let i = 0; i < 50; i++) await from.peer.send(0, PPID_BINARY, [i], { ordered: false, maxRetransmits: 1 })
    await to.peer.arrived(50)
    assert.equal(new Set(to.peer.messages.map(({ bytes }) => bytes[0])).size, 50)
  },

  async pauses(bench) {
    const { from, to } = await open(bench)
    const producer = await from.transport.produceData({ sctpStreamParameters: { streamId: 1 } })
    const consumer = await to.transport.consumeData({ dataProducerId: producer.id })
    const paused = next(consumer, 'dataproducerpause')
    await producer.pause()
    await paused
    await from.peer.send(1, PPID_STRING, 'unheard')
    await until(async () => (await producer.getStats())[0].messagesReceived === 1, 'the worker got it')
    const resumed = next(consumer, 'dataproducerresume')
    await producer.resume()
    await resumed
    await consumer.pause()
    await from.peer.send(1, PPID_STRING, 'unheard, too')
    await until(async () => (await producer.getStats())[0].messagesReceived === 2, 'the worker got that, too')
    await consumer.resume()
    await from.peer.send(1, PPID_STRING, 'heard')
    await to.peer.arrived(1)
    assert.equal(to.peer.messages[0].bytes.toString(), 'heard')
  },

  async closes(bench) {
    const { from, to } = await open(bench)
    const producer = await from.transport.produceData({ sctpStreamParameters: { streamId: 1 } })
    const consumer = await to.transport.consumeData({ dataProducerId: producer.id })
    const { streamId } = consumer.sctpStreamParameters
    await from.peer.send(1, PPID_STRING, 'last words')
    await to.peer.arrived(1)
    const orphaned = next(consumer, 'dataproducerclose')
    producer.close()
    await orphaned
    await until(() => to.peer.resets.includes(streamId), 'the stream to the viewer is reset')
    assert.deepEqual((await to.transport.dump()).dataConsumerIds, [])
    assert.deepEqual((await from.transport.dump()).dataProducerIds, [])
    to.transport.close()
    await until(() => !to.peer.connected, 'the peer is told')
  },
}

const checks = []
const wanted = process.argv.slice(2)
for (const [name, section] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  let bench
  try {
    bench = await Bench.open()
    await section(bench)
    checks.push({ name, ok: true })
  } catch (error) {
    checks.push({ name, ok: false, reason: error.stack })
  } finally {
    await bench?.close().catch((error) => checks.push({ name: `${name}: end`, ok: false, reason: error.stack }))
  }
}
console.log(JSON.stringify({ version: mediasoup.version, checks }))
process.exit(0)
