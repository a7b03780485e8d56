// One long session of the npm package mediasoup with our worker, noun by noun, that reaches every method and every
// event of the channel with media and data under way. Prints what came of it:
//   {"version":"3.27.1","steps":[{"name":"worker: dumps itself","ok":true}],"missingMethods":[],"missingEvents":[]}
// usage: MEDIASOUP_WORKER_BIN=.../millrace-worker node scenario.mjs [step name begins with]...
import * as mediasoup from 'mediasoup'
import { Ledger } from './ledger.mjs'
import { Stage } from './scenario/stage.mjs'

// In the order of a whole run; each can be asked for by name.
const NOUNS = [
  ...['worker', 'starting', 'router', 'webrtc', 'listening', 'paths', 'plain', 'pipe', 'direct', 'producer', 'consumer'],
  ...['layers', 'bandwidth', 'data', 'messages', 'observers', 'speakers', 'ends'],
]

const ledger = Ledger.open()
const wanted = process.argv.slice(2)
const steps = []
// A failure that no step waits for belongs to the step under way.
let loose = []
process.on('uncaughtException', (error) => loose.push(error))
process.on('unhandledRejection', (error) => loose.push(error))

async function play(stage, name, step) {
  loose = []
  try {
    await step(stage)
    if (loose.length > 0) throw loose[0]
    steps.push({ name, ok: true })
  } catch (error) {
    steps.push({ name, ok: false, reason: error.stack })
  } finally {
    await stage.clear()
  }
}

async function main() {
  const asked = [...new Set(wanted.map((name) => name.split(':')[0]))]
  let stage
  for (const noun of asked.length > 0 ? asked : NOUNS) {
    const { steps: scenes } = await import(`./scenario/${noun}.mjs`)
    for (const [what, step] of Object.entries(scenes)) {
      const name = `${noun}: ${what}`
      if (wanted.length > 0 && !wanted.some((one) => name.startsWith(one))) continue
      if (!stage || stage.worker.closed) stage = await Stage.open()
      await play(stage, name, step)
    }
  }
  await stage?.close()
  const { missingMethods, missingEvents } = ledger
  console.log(JSON.stringify({ version: mediasoup.version, steps, missingMethods, missingEvents }))
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
