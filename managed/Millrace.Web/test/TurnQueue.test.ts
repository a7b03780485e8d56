import { expect, test } from 'vitest'
import { TurnQueue } from '../src/call/TurnQueue'

test('turns run one after the other, also after one that failed', async () => {
  const queue = new TurnQueue()
  const seen: string[] = []
  let release = () => {}
  const first = queue.run(() => new Promise<void>((resolve) => (release = resolve)).then(() => void seen.push('first')))
  const second = queue.run(async () => {
    seen.push('second')
    throw new Error('broken')
  })
  const third = queue.run(async () => void seen.push('third'))
  await Promise.resolve()
  expect(seen).toEqual([])
  release()
  await first
  await expect(second).rejects.toThrow('broken')
  await third
  expect(seen).toEqual(['first', 'second', 'third'])
})
