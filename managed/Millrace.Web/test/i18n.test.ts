import { expect, test } from 'vitest'
import { texts } from '../src/i18n'

test('every text exists in both languages and is not empty', () => {
  expect(Object.keys(texts.zh)).toEqual(Object.keys(texts.en))
  for (const text of [...Object.values(texts.zh), ...Object.values(texts.en)]) expect(text).not.toBe('')
})
