// Where messages come from and go to.
import { until } from '../endpoint.mjs'

export const STREAM = 3
const named = { label: 'chat', protocol: 'text' }

// A peer whose messages come over SCTP and DTLS.
export async function fromPeer(stage, { ordered = true } = {}) {
  const { transport, peer } = await stage.connected({ enableSctp: true })
  const producer = await transport.produceData({ sctpStreamParameters: { streamId: STREAM, ordered }, ...named })
  await peer.startSctp()
  const channel = peer.channel(STREAM, { ordered })
  await until(() => transport.sctpState === 'connected', 'the association of the sender stands')
  channel.setReadyState('open')
  return { transport, peer, producer, send: (message) => channel.send(message) }
}

// The controller itself.
export async function fromController(stage) {
  const source = await stage.direct()
  const producer = await source.produceData(named)
  return { producer, send: (...message) => producer.send(...message) }
}

// Messages of a source through the worker to a peer.
export async function toPeer(stage, { producer }, transportOptions = {}, consumerOptions = {}) {
  const { transport, peer } = await stage.connected({ enableSctp: true, ...transportOptions })
  const consumer = await transport.consumeData({ dataProducerId: producer.id, ...consumerOptions })
  await peer.startSctp()
  const channel = peer.channel(consumer.sctpStreamParameters.streamId)
  const received = []
  channel.onMessage.subscribe((message) => received.push(message.toString()))
  await until(() => transport.sctpState === 'connected', 'the association stands')
  return { transport, peer, consumer, received }
}
