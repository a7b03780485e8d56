// How a peer's paths come and go: consent, moves, and what strangers do to TCP ports.
import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import { connect } from 'node:net'
import { next, until } from '../endpoint.mjs'
import { BINDING_SUCCESS, IcePath, frame } from '../ice.mjs'
import { opusParameters, opusShape } from '../streams.mjs'

const CONSENT_MS_MIN = 10_000
const CONNECTIONS_PER_ADDRESS = 64

const candidateOf = (transport, protocol) => transport.iceCandidates.find((one) => one.protocol === protocol)

async function connection(transport) {
  const { address, port } = candidateOf(transport, 'tcp')
  const socket = connect(port, address)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

export const steps = {
  async 'end when checks stop, and not before the least that consent may last'(stage) {
    const { transport, peer } = await stage.connected({ iceConsentTimeout: 1 })
    const { transport: forever, peer: silent } = await stage.connected({ iceConsentTimeout: 0 })
    peer.path.stopChecking()
    silent.path.stopChecking()
    const began = performance.now()
    assert.deepEqual(await next(transport, 'icestatechange', 2 * CONSENT_MS_MIN), ['disconnected'])
    assert.ok(performance.now() - began > 0.9 * CONSENT_MS_MIN)
    assert.equal(forever.iceState, 'completed', 'zero switches it off')

    const back = next(transport, 'icestatechange')
    peer.path.keepChecking(transport.iceParameters)
    assert.deepEqual(await back, ['completed'])
  },

  async 'change when the peer nominates another and sends from there'(stage) {
    const { transport, peer } = await stage.connected()
    await transport.produce({ kind: 'audio', rtpParameters: opusParameters() })
    stage.run(peer.stream(opusShape))
    const second = await IcePath.open(candidateOf(transport, 'tcp'))
    second.keepChecking(transport.iceParameters)
    await until(() => second.received.includes(BINDING_SUCCESS), 'the second path is valid')
    assert.equal(transport.iceSelectedTuple.remotePort, peer.path.port, 'a nomination alone moves nothing')
    const moved = next(transport, 'iceselectedtuplechange')
    const first = peer.path
    first.stopChecking()
    peer.path = second
    const [tuple] = await moved
    assert.deepEqual([tuple.protocol, tuple.remotePort], ['tcp', second.port])
    // The connection ends, and media goes back to where it was before.
    const returned = next(transport, 'iceselectedtuplechange')
    peer.path = first
    second.close()
    assert.equal((await returned)[0].remotePort, first.port)
    assert.equal(transport.iceState, 'completed')
  },

  async 'of TCP end with a frame that no datagram fills'(stage) {
    const transport = await stage.webRtc()
    const socket = await connection(transport)
    const closed = once(socket, 'close')
    socket.write(Buffer.from([0xff, 0xff, 1, 2, 3]))
    await closed
    const honest = await IcePath.open(candidateOf(transport, 'tcp'))
    // Frames of nothing, and of what nobody knows, are passed over.
    honest.socket.write(Buffer.concat([frame(Buffer.alloc(0)), frame(Buffer.alloc(2048, 1))]))
    honest.keepChecking(transport.iceParameters)
    await until(() => honest.received.includes(BINDING_SUCCESS), 'the next one is answered')
    honest.close()
  },

  async 'of TCP from one address are so many and no more'(stage) {
    const transport = await stage.webRtc()
    const sockets = []
    let closed = 0
    for (let at = 0; at < CONNECTIONS_PER_ADDRESS + 6; ++at) {
      const socket = await connection(transport)
      socket.on('close', () => closed++)
      socket.resume()
      sockets.push(socket)
    }
    await until(() => closed === 6, 'those beyond the limit are closed')
    for (const socket of sockets) socket.destroy()
    const path = await until(async () => {
      const path = await IcePath.open(candidateOf(transport, 'tcp'))
      path.keepChecking(transport.iceParameters)
      await until(() => path.ended || path.received.includes(BINDING_SUCCESS), 'it is answered or closed')
      if (!path.ended) return path
      path.close()
      return false
    }, 'there is room again when they are gone')
    path.close()
  },
}
