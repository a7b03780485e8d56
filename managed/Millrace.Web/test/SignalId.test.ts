import { expect, test } from 'vitest'
import { SignalId } from '../src/signaling/SignalId'

const noon = new Date(2026, 10, 20, 12, 34, 56)

test('an id holds day, time and the client index', () => {
  const ids = new SignalId()
  ids.setIndex(10001)
  expect(ids.next(noon)).toBe(2012345610001001)
})

test('ids stay safe integers and differ for a thousand messages of one second', () => {
  const ids = new SignalId()
  ids.setIndex(99999)
  const seen = new Set(Array.from({ length: 1000 }, () => ids.next(noon)))
  expect(seen.size).toBe(1000)
  for (const id of seen) expect(Number.isSafeInteger(id)).toBe(true)
})
