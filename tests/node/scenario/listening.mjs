// Where transports listen: port ranges and their end, buffers, addresses, candidates.
import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { until } from '../endpoint.mjs'
import { opusParameters, opusShape } from '../streams.mjs'
import { LOOPBACK } from './stage.mjs'

const PORTS = 3

// A range of so many ports that are free now, far from those of the worker and of the system.
async function freeRange() {
  for (let min = 31_000; ; min += PORTS) {
    const sockets = []
    try {
      for (let port = min; port < min + PORTS; ++port) {
        const socket = createSocket('udp4')
        sockets.push(socket)
        socket.bind(port, LOOPBACK)
        await once(socket, 'listening')
      }
      return { min, max: min + PORTS - 1 }
    } catch {
      // Somebody has one of them: the next range.
    } finally {
      for (const socket of sockets) socket.close()
    }
  }
}

const inRange = (portRange, protocol = 'udp') => ({ protocol, ip: LOOPBACK, portRange })

// What the system says of a UDP socket: {rb: bytes, tb: bytes}.
function memoryOf(port) {
  const text = execFileSync('ss', ['-Hanum', `sport = :${port}`], { encoding: 'utf8' })
  return Object.fromEntries([...text.matchAll(/\b([rt]b)(\d+)/g)].map(([, name, bytes]) => [name, Number(bytes)]))
}

export const steps = {
  async 'ends at the end of its ports, and begins again when one is free'(stage) {
    const { router, worker } = stage
    const listenInfo = inRange(await freeRange())
    const taken = []
    for (let at = 0; at < PORTS; ++at) taken.push(await stage.plain({ listenInfo }))
    const ports = taken.map(({ tuple }) => tuple.localPort)
    assert.equal(new Set(ports).size, PORTS)
    assert.ok(ports.every((port) => port >= listenInfo.portRange.min && port <= listenInfo.portRange.max))
    await assert.rejects(stage.plain({ listenInfo }), /no more available ports/)
    await assert.rejects(router.createWebRtcTransport({ listenInfos: [listenInfo] }), /no more available ports/)
    await assert.rejects(worker.createWebRtcServer({ listenInfos: [listenInfo] }))
    assert.equal((await router.dump()).transportIds.length, PORTS, 'refusals leave nothing behind')
    assert.deepEqual((await worker.dump()).webRtcServerIds, [])

    taken.pop().close()
    await assert.rejects(stage.plain({ listenInfo, rtcpMux: false }), 'one port is not enough for two')
    const again = await until(() => stage.plain({ listenInfo }).catch(() => false), 'the port that it took is free again')
    assert.equal(again.tuple.localPort, ports[PORTS - 1])
  },

  async 'ends at the end of its TCP ports too'(stage) {
    const { router } = stage
    const info = inRange(await freeRange(), 'tcp')
    const listenInfos = [info, info, info]
    const all = await stage.webRtc({ listenInfos })
    assert.equal(new Set(all.iceCandidates.map(({ port }) => port)).size, PORTS)
    await assert.rejects(router.createWebRtcTransport({ listenInfos: [info] }), /no more available ports/)
    all.close()
    const again = await until(() => stage.webRtc({ listenInfos }).catch(() => false), 'they are free again')
    assert.equal(again.iceCandidates.length, PORTS)
  },

  async 'refuses a port that is taken, and gives back what it opened before'(stage) {
    const { router } = stage
    const range = await freeRange()
    const port = range.min
    const first = await stage.plain({ listenInfo: { protocol: 'udp', ip: LOOPBACK, port } })
    assert.equal(first.tuple.localPort, port)
    const other = { protocol: 'udp', ip: LOOPBACK, port: port + 1 }
    const both = [other, { protocol: 'udp', ip: LOOPBACK, port }]
    await assert.rejects(router.createWebRtcTransport({ listenInfos: both }))
    const free = await until(() => stage.plain({ listenInfo: other }).catch(() => false), 'the first of the two is free')
    assert.equal(free.tuple.localPort, port + 1)
  },

  async 'has buffers of the size it was asked for'(stage) {
    const listenInfo = { protocol: 'udp', ip: LOOPBACK, sendBufferSize: 40_000, recvBufferSize: 50_000 }
    const transport = await stage.plain({ listenInfo })
    // The kernel doubles them for its own bookkeeping (socket(7)).
    assert.deepEqual(memoryOf(transport.tuple.localPort), { rb: 100_000, tb: 80_000 })
  },

  async 'carries sound over IPv6, by UDP and by TCP'(stage) {
    const listenInfos = ['udp', 'tcp'].map((protocol) => ({ protocol, ip: '::1', flags: { ipv6Only: true } }))
    for (const protocol of ['udp', 'tcp']) {
      const { transport, peer } = await stage.connected({ listenInfos }, { protocol })
      assert.deepEqual([transport.iceSelectedTuple.localIp, transport.iceSelectedTuple.remoteIp], ['::1', '::1'])
      const audio = await transport.produce({ kind: 'audio', rtpParameters: opusParameters() })
      stage.run(peer.stream(opusShape))
      await until(async () => (await audio.getStats())[0]?.packetCount >= 10, `sound arrives by ${protocol}`)
    }
    const plain = await stage.plain({ listenInfo: { protocol: 'udp', ip: '::1' } })
    assert.equal(plain.tuple.localIp, '::1')
  },

  async 'announces the addresses it was told, and its own where that is wanted'(stage) {
    const told = (protocol, announcedAddress, exposeInternalIp) => ({ protocol, ip: LOOPBACK, announcedAddress, exposeInternalIp })
    const { iceCandidates } = await stage.webRtc({
      listenInfos: [told('udp', '192.0.2.1', true), told('udp', 'media.example', false), told('tcp', '192.0.2.1', true)],
    })
    const named = iceCandidates.map(({ protocol, address, port }) => ({ protocol, address, port }))
    assert.deepEqual(
      named.map(({ protocol, address }) => `${protocol} ${address}`),
      ['udp 192.0.2.1', `udp ${LOOPBACK}`, 'udp media.example', 'tcp 192.0.2.1', `tcp ${LOOPBACK}`],
    )
    assert.equal(named[0].port, named[1].port)
    const priorities = iceCandidates.map(({ priority }) => priority)
    assert.equal(new Set(priorities).size, priorities.length, 'each candidate has a priority of its own')
  },

  async 'prefers the protocol it was told to, and leaves out what is not enabled'(stage) {
    const { worker, router } = stage
    const both = [
      { protocol: 'udp', ip: LOOPBACK },
      { protocol: 'tcp', ip: LOOPBACK },
    ]
    const best = async (options) => {
      const { iceCandidates } = await stage.webRtc({ listenInfos: both, ...options })
      return iceCandidates.toSorted((a, b) => b.priority - a.priority)[0].protocol
    }
    assert.equal(await best({ preferUdp: true }), 'udp')
    assert.equal(await best({ preferTcp: true }), 'tcp')
    const webRtcServer = await worker.createWebRtcServer({ listenInfos: both })
    const protocols = async (options) => {
      const { iceCandidates } = await router.createWebRtcTransport({ webRtcServer, ...options })
      return iceCandidates.map(({ protocol }) => protocol)
    }
    assert.deepEqual(await protocols({}), ['udp', 'tcp'])
    assert.deepEqual(await protocols({ enableUdp: true, enableTcp: false }), ['udp'])
    assert.deepEqual(await protocols({ enableUdp: false, enableTcp: true }), ['tcp'])
    webRtcServer.close()
  },

  async 'is found on a server by each address it announces'(stage) {
    const { worker } = stage
    const webRtcServer = await worker.createWebRtcServer({
      listenInfos: ['udp', 'udp', 'tcp'].map((protocol) => ({ protocol, ip: LOOPBACK })),
    })
    const options = { listenInfos: undefined, webRtcServer }
    const { transport: first, peer: one } = await stage.connected(options)
    const { transport: second } = await stage.connected(options, { protocol: 'tcp' })
    assert.deepEqual([first.iceSelectedTuple.protocol, second.iceSelectedTuple.protocol], ['udp', 'tcp'])
    assert.equal(first.iceSelectedTuple.remotePort, one.path.port)
    webRtcServer.close()
    await until(() => first.closed && second.closed, 'its transports go with it')
  },
}
