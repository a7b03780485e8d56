// Adds up what every runner wrote into the results folder and prints the one closing line.
// usage: node tests/count.mjs RESULTS_FOLDER STATUS_OF_THE_RUNNERS
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, status] = process.argv.slice(2)
const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []

function add(passed, failed, skipped) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}

function addGoogleTest(text) {
  for (const suite of JSON.parse(text).testsuites) {
    for (const test of suite.testsuite) {
      const failed = (test.failures ?? []).length > 0
      const skipped = !failed && (test.result === 'SKIPPED' || test.status === 'NOTRUN')
      if (failed) failures.push(`${suite.name}.${test.name}`)
      add(!failed && !skipped ? 1 : 0, failed ? 1 : 0, skipped ? 1 : 0)
    }
  }
}

function addTrx(text) {
  const counters = /<Counters total="(\d+)" executed="(\d+)" passed="(\d+)"/.exec(text)
  const [all, executed, passed] = counters.slice(1).map(Number)
  add(passed, executed - passed, all - executed)
  for (const row of text.matchAll(/<UnitTestResult [^>]*>/g)) {
    if (/outcome="Failed"/.test(row[0])) failures.push(/testName="([^"]*)"/.exec(row[0])?.[1])
  }
}

function addVitest(text) {
  const report = JSON.parse(text)
  add(report.numPassedTests, report.numFailedTests, report.numPendingTests + report.numTodoTests)
}

const readers = [
  [/\.gtest\.json$/, addGoogleTest],
  [/\.trx$/, addTrx],
  [/\.vitest\.json$/, addVitest],
  [/\.replay$/, (text) => (text.trim() === 'passed' ? add(1, 0, 0) : add(0, 1, 0))],
]
for (const name of readdirSync(folder)) {
  const reader = readers.find(([pattern]) => pattern.test(name))
  if (reader) reader[1](readFileSync(join(folder, name), 'utf8'))
}

// A runner that died before it wrote its results is a failure that no file shows.
if (status !== '0' && total.failed === 0) total.failed = 1
for (const name of failures) console.log(`failed: ${name}`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)
