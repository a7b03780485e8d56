// Data channels: what is sent is made from a seed, what is received is kept as counts and short facts.

export class Sender {
  constructor(producer) {
    this.producer = producer
    this.events = []
    for (const name of ['open', 'close', 'error', 'bufferedamountlow', 'transportclose'])
      producer.on(name, () => this.events.push(name))
  }

  // messages: [{ text } | { size, seed } | { size: 0 }]
  send(messages) {
    for (const message of messages) this.producer.send('text' in message ? message.text : bytes(message))
  }

  look() {
    return { state: this.producer.readyState, buffered: this.producer.bufferedAmount, events: this.events }
  }
}

export class Receiver {
  #messages = []

  constructor(consumer) {
    this.consumer = consumer
    this.events = []
    consumer.binaryType = 'arraybuffer'
    for (const name of ['open', 'close', 'error', 'transportclose']) consumer.on(name, () => this.events.push(name))
    consumer.on('message', (data) => this.#messages.push(describe(data)))
  }

  // What has come since `from`, and how much in all.
  look({ from = 0 }) {
    const { ordered, maxPacketLifeTime, maxRetransmits } = this.consumer.sctpStreamParameters
    return {
      state: this.consumer.readyState,
      label: this.consumer.label,
      protocol: this.consumer.protocol,
      ordered,
      maxPacketLifeTime,
      maxRetransmits,
      events: this.events,
      count: this.#messages.length,
      messages: this.#messages.slice(from),
    }
  }
}

// { text } for a string; { size, sum } for bytes, sum being FNV-1a.
function describe(data) {
  if (typeof data === 'string') return { text: data }
  const view = new Uint8Array(data)
  return { size: view.length, sum: fnv1a(view) }
}

function bytes({ size, seed = 0 }) {
  const view = new Uint8Array(size)
  let state = seed >>> 0
  for (let i = 0; i < size; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    view[i] = state >>> 24
  }
  return view
}

function fnv1a(view) {
  let hash = 0x811c9dc5
  for (const byte of view) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
