// Counts what goes over the worker channel, in both directions, under the controller: a method when the worker has
// accepted a request of it, an event when it was sent or has come.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const { Channel } = require(join(dirname(require.resolve('mediasoup')), 'Channel.js'))
const contract = JSON.parse(readFileSync(new URL('../data/worker-protocol.json', import.meta.url)))
// Its number is kept free; no request of it exists.
const UNUSED = 'TRANSPORT_CONNECT'

export class Ledger {
  methods = new Set()
  events = new Set()

  // From now on, for every worker of this process.
  static open() {
    const ledger = new Ledger()
    const { request, notify, processNotification } = Channel.prototype
    Channel.prototype.request = async function (method, ...rest) {
      const answer = await request.call(this, method, ...rest)
      ledger.methods.add(method)
      return answer
    }
    Channel.prototype.notify = function (event, ...rest) {
      ledger.events.add(event)
      return notify.call(this, event, ...rest)
    }
    Channel.prototype.processNotification = function (notification) {
      ledger.events.add(notification.event())
      return processNotification.call(this, notification)
    }
    return ledger
  }

  get missingMethods() {
    const known = contract.methods.filter(({ method }) => method !== UNUSED)
    return known.filter(({ value }) => !this.methods.has(value)).map(({ method }) => method)
  }

  get missingEvents() {
    return contract.events.filter(({ value }) => !this.events.has(value)).map(({ event }) => event)
  }
}
