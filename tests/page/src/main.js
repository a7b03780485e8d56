// A WebRTC client without a face: the test says what it does by `command` and hears what it needs of the other side by
// `signal`, which the test puts into the page. Both carry JSON text.
import { Device } from 'mediasoup-client'
import { Camera } from './camera.js'
import { Receiver, Sender } from './channels.js'
import { inbound, outbound, path } from './figures.js'
import { Screen } from './screen.js'
import { Ear, Tone } from './sound.js'

const device = new Device({ handlerName: 'Chrome111' })
const transports = new Map()
const states = new Map()
const moments = new Map()
const producers = new Map()
const consumers = new Map()
const senders = new Map()
const receivers = new Map()

async function ask(method, body) {
  return JSON.parse(await window.signal(JSON.stringify({ method, body })))
}

function addTransport(transport) {
  const seen = {}
  const note = (name) => (seen[name] ??= performance.now())
  transports.set(transport.id, transport)
  states.set(transport.id, [transport.connectionState])
  moments.set(transport.id, seen)
  transport.on('connect', ({ dtlsParameters }, resolve, reject) => {
    note('asked')
    ask('connect', { transportId: transport.id, dtlsParameters }).then(resolve, reject)
  })
  transport.on('connectionstatechange', (state) => {
    states.get(transport.id).push(state)
    if (state === 'connected') note('connected')
  })
  const connection = transport.handler._pc
  connection.addEventListener('iceconnectionstatechange', () => {
    if (connection.iceConnectionState === 'connected') note('reached')
  })
  transport.on('produce', ({ kind, rtpParameters }, resolve, reject) =>
    ask('produce', { transportId: transport.id, kind, rtpParameters }).then(resolve, reject))
  transport.on('producedata', ({ sctpStreamParameters, label, protocol }, resolve, reject) =>
    ask('produceData', { transportId: transport.id, sctpStreamParameters, label, protocol }).then(resolve, reject))
  return {}
}

// A busy machine must not shrink the picture: that would look like a layer switch.
async function keepSize(sender) {
  const parameters = sender.getParameters()
  parameters.degradationPreference = 'maintain-resolution'
  await sender.setParameters(parameters)
}

const commands = {
  async load({ routerRtpCapabilities }) {
    await device.load({ routerRtpCapabilities })
    return { rtp: device.recvRtpCapabilities, sctp: device.sctpCapabilities }
  },
  send: (options) => addTransport(device.createSendTransport(options)),
  receive: (options) => addTransport(device.createRecvTransport(options)),
  async restartIce({ transportId, iceParameters }) {
    await transports.get(transportId).restartIce({ iceParameters })
    return {}
  },
  closeTransport({ transportId }) {
    transports.get(transportId).close()
    return {}
  },
  async path({ transportId }) {
    return { states: states.get(transportId), pair: await path(transports.get(transportId)) }
  },
  // When it was connected first, when ICE had found a path, and when DTLS was done; ms.
  moments: ({ transportId }) => moments.get(transportId),

  async sendVideo({ transportId, camera, codec, encodings, codecOptions }) {
    const source = new Camera(camera)
    const producer = await transports.get(transportId).produce({
      track: source.track,
      codec: device.sendRtpCapabilities.codecs.find((c) => matches(c, codec)),
      encodings,
      codecOptions,
    })
    await keepSize(producer.rtpSender)
    producers.set(producer.id, { producer, source })
    return { producerId: producer.id }
  },
  async sendTone({ transportId, tone, codecOptions }) {
    const source = new Tone(tone)
    const producer = await transports.get(transportId).produce({ track: source.track, codecOptions })
    producers.set(producer.id, { producer, source })
    return { producerId: producer.id }
  },
  setLoudness({ producerId, loudness }) {
    producers.get(producerId).source.setLoudness(loudness)
    return {}
  },
  async consume({ transportId, consumer: options }) {
    const consumer = await transports.get(transportId).consume(options)
    const watcher = consumer.kind === 'video' ? new Screen(consumer.track) : new Ear(consumer.track)
    consumers.set(consumer.id, { consumer, watcher })
    return {}
  },
  async closeConsumer({ consumerId }) {
    consumers.get(consumerId).consumer.close()
    return {}
  },

  async sending({ producerId }) {
    const { producer, source } = producers.get(producerId)
    return { streams: await outbound(producer.rtpSender), camera: source instanceof Camera ? source.look() : null }
  },
  async receiving({ consumerId }) {
    const { consumer, watcher } = consumers.get(consumerId)
    return {
      stream: await inbound(consumer.rtpReceiver),
      now: performance.now(),
      picture: watcher instanceof Screen ? watcher.look() : null,
      hertz: watcher instanceof Ear ? watcher.hertz() : 0,
    }
  },
  mark({ consumerId }) {
    consumers.get(consumerId).watcher.mark()
    return {}
  },

  async sendData({ transportId, channel }) {
    const producer = await transports.get(transportId).produceData(channel)
    senders.set(producer.id, new Sender(producer))
    return { dataProducerId: producer.id }
  },
  async consumeData({ transportId, consumer: options }) {
    const consumer = await transports.get(transportId).consumeData(options)
    receivers.set(consumer.id, new Receiver(consumer))
    return {}
  },
  sendMessages({ dataProducerId, messages }) {
    senders.get(dataProducerId).send(messages)
    return {}
  },
  closeData({ dataProducerId }) {
    senders.get(dataProducerId).producer.close()
    return {}
  },
  sendingData: ({ dataProducerId }) => senders.get(dataProducerId).look(),
  receivingData: ({ dataConsumerId, from }) => receivers.get(dataConsumerId).look({ from }),
}

function matches(capability, wanted) {
  return capability.mimeType.toLowerCase() === wanted.mimeType.toLowerCase() &&
    Object.entries(wanted.parameters ?? {}).every(([name, value]) => `${capability.parameters[name]}` === `${value}`)
}

window.command = async (name, body) => JSON.stringify(await commands[name](JSON.parse(body)))
