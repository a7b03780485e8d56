import { strict as assert } from 'node:assert'
import { until } from '../endpoint.mjs'
import { assertNumbers } from '../running.mjs'
import { LOOPBACK } from './stage.mjs'

export const steps = {
  async 'says who it is and what it uses'({ worker, router }) {
    const dump = await worker.dump()
    assert.equal(dump.pid, worker.pid)
    assert.deepEqual(dump.routerIds, [router.id])
    const usage = await worker.getResourceUsage()
    assertNumbers(usage, 'ru_utime', 'ru_stime', 'ru_maxrss')
    assert.ok(usage.ru_maxrss > 0)
  },

  async 'takes new log settings'({ worker }) {
    await worker.updateSettings({ logLevel: 'debug', logTags: ['ice', 'dtls', 'sctp', 'message'] })
    await worker.updateSettings({ logLevel: 'warn', logTags: [] })
    await assert.rejects(worker.updateSettings({ logLevel: 'loud' }), TypeError)
  },

  async 'serves several addresses and protocols with one server'({ worker, router }) {
    const server = await worker.createWebRtcServer({
      listenInfos: [
        { protocol: 'udp', ip: LOOPBACK, announcedAddress: '192.0.2.1' },
        { protocol: 'udp', ip: LOOPBACK, announcedAddress: 'media.example' },
        { protocol: 'tcp', ip: LOOPBACK, announcedAddress: '192.0.2.1' },
      ],
    })
    const transport = await router.createWebRtcTransport({ webRtcServer: server, enableTcp: true })
    const candidates = transport.iceCandidates.map(({ protocol, address }) => `${protocol} ${address}`)
    assert.deepEqual(candidates.sort(), ['tcp 192.0.2.1', 'udp 192.0.2.1', 'udp media.example'])
    const dump = await server.dump()
    assert.deepEqual([dump.udpSockets.length, dump.tcpServers.length], [2, 1])
    assert.deepEqual(dump.webRtcTransportIds, [transport.id])
    server.close()
    await until(async () => (await worker.dump()).webRtcServerIds.length === 0, 'the server is gone')
    assert.ok(transport.closed)
  },
}
