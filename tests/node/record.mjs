// Writes golden transcripts: what the npm controller mediasoup 3.27.1 says to its worker for each scenario, and what it is
// answered. Tests/Millrace.Controller.Tests makes the same calls and compares field by field.
// usage: MEDIASOUP_WORKER_BIN=.../millrace-worker node record.mjs [--to=FOLDER] [SCENARIO...]
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as mediasoup from 'mediasoup'
import { inputs, scenarios } from './recordings.mjs'
import { next } from './endpoint.mjs'
import { Tape } from './tape.mjs'

const settings = { logLevel: 'warn', rtcMinPort: 20_000, rtcMaxPort: 29_999 }
const args = process.argv.slice(2)
const to = args.find((arg) => arg.startsWith('--to='))?.slice('--to='.length)
  ?? fileURLToPath(new URL('../Millrace.Controller.Tests/data/transcripts', import.meta.url))
const wanted = args.filter((arg) => !arg.startsWith('--'))

// One frame a line, so that a difference is a line.
function print(scenario, frames) {
  const lines = frames.map((frame) => `    ${JSON.stringify(frame)}`).join(',\n')
  return `{\n  "controller": "mediasoup ${mediasoup.version}",\n  "scenario": "${scenario}",\n  "inputs": ${JSON.stringify(inputs)},\n  "frames": [\n${lines}\n  ]\n}\n`
}

mkdirSync(to, { recursive: true })
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const tape = new Tape()
  tape.start()
  const worker = await mediasoup.createWorker(settings)
  await scenario(worker)
  tape.end()
  worker.close()
  await next(worker, 'subprocessclose')
  writeFileSync(`${to}/${name}.json`, print(name, tape.stop()))
}
console.log(JSON.stringify({ version: mediasoup.version, recorded: Object.keys(scenarios) }))
process.exit(0)
