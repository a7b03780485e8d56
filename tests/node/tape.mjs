// Listens on the channel between the npm controller and its worker, and writes down what is said as facts that are the same
// every time: ids, ports, SSRCs and secrets get names in the order in which they appear.
import childProcess from 'node:child_process'
import { decode } from './contract.mjs'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
// The controller draws the SSRCs of consumers and mappings from this range.
const DRAWN_SSRC = { min: 100_000_000, max: 999_999_999 }
const OWN_PORTS = new Set(['port', 'local_port'])
const FIRST_PORT = 40_000
const PID = 4711
const SECRETS = new Set(['username_fragment', 'password', 'key_base64'])
const TIMES = new Set(['timestamp', 'ru_utime', 'ru_stime', 'ru_maxrss', 'ru_minflt', 'ru_majflt', 'ru_inblock', 'ru_oublock', 'ru_nvcsw', 'ru_nivcsw'])

export class Tape {
  #frames = []
  #spawn = childProcess.spawn
  #end = Infinity

  // From now on, workers that are started are listened to.
  start() {
    childProcess.spawn = (...args) => {
      const child = this.#spawn(...args)
      const take = cutter((frame) => this.#frames.push({ to: 'worker', frame }))
      const write = child.stdio[3].write.bind(child.stdio[3])
      child.stdio[3].write = (chunk, ...rest) => {
        take(Buffer.from(chunk))
        return write(chunk, ...rest)
      }
      child.stdio[4].on('data', cutter((frame) => this.#frames.push({ to: 'controller', frame })))
      return child
    }
  }

  // The scenario is over: what is asked from now on only cleans up.
  end() {
    this.#end = this.#frames.length
  }

  // What was said since the start, and nothing from now on.
  stop() {
    childProcess.spawn = this.#spawn
    const names = new Names()
    return this.#frames
      .map(({ to, frame }) => ({ to, ...decode(frame) }))
      .filter(({ data_type }, i) => data_type !== 'Log' && (i < this.#end || data_type === 'Notification'))
      .map((frame) => names.replace(frame))
  }
}

function cutter(deliver) {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
      const end = 4 + rest.readUInt32LE(0)
      deliver(Buffer.from(rest.subarray(0, end)))
      rest = rest.subarray(end)
    }
  }
}

class Names {
  #ids = new Map()
  #ssrcs = new Map()
  #ports = new Map()
  #pid

  replace(frame) {
    if (frame.data?.event === 'WORKER_RUNNING') this.#pid = frame.data.handler_id
    return this.#value('', frame, frame.to === 'controller')
  }

  #value(field, value, fromWorker) {
    if (Array.isArray(value)) return value.map((item) => this.#value(field, item, fromWorker))
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#value(name, item, fromWorker)]))
    }
    if (typeof value === 'string') return this.#text(field, value, fromWorker)
    return typeof value === 'number' ? this.#number(field, value, fromWorker) : value
  }

  #text(field, value, fromWorker) {
    if (UUID.test(value)) return this.#name(this.#ids, value, (n) => `id${n + 1}`)
    if (value === this.#pid) return String(PID)
    if (!fromWorker) return value
    if (SECRETS.has(field)) return 'secret'
    return /^([0-9A-F]{2}:){19,63}[0-9A-F]{2}$/.test(value) ? 'AA:BB' : value
  }

  #number(field, value, fromWorker) {
    if (field === 'pid') return PID
    if (TIMES.has(field)) return 1
    if (fromWorker && OWN_PORTS.has(field) && value !== 0) return this.#name(this.#ports, value, (n) => FIRST_PORT + n)
    // What one worker said may be told to another.
    if (field === 'port' && this.#ports.has(value)) return this.#ports.get(value)
    const drawn = value >= DRAWN_SSRC.min && value <= DRAWN_SSRC.max
    return drawn && /ssrc|^key$/.test(field) ? this.#name(this.#ssrcs, value, (n) => DRAWN_SSRC.min + n) : value
  }

  #name(names, value, make) {
    if (!names.has(value)) names.set(value, make(names.size))
    return names.get(value)
  }
}
