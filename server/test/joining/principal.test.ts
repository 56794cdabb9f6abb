import { MAX_NAME_CHARACTERS } from '@peerstage/sdk/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanName, NAMELESS } from '../../src/gateway/handshake/principal'

test.each([
  ['Ada', 'Ada'],
  ['  Ada \t Lovelace\r\n', 'Ada Lovelace'],
  ['e\u0301', '\u00e9'],
  ['Ada\u001b[31m\u0000', 'Ada[31m'],
  ['\u202egnp.exe\u202c', 'gnp.exe'],
  ['\u2066Ada\u2069\u200f', 'Ada'],
  ['line\u2028break', 'line break'],
  ['half \ud83d', 'half'],
  ['👩‍🚀 Ada', '👩‍🚀 Ada'],
  ['می‌خواهم', 'می‌خواهم'],
])('%j becomes %j', (raw, clean) => {
  expect(cleanName(raw)).toBe(clean)
})

test.each(['', '   ', '\u200b\u200d', '\u202e', '\u3164', '\ufeff', '\u2800', '\ufe0f', '\u115f\u1160'])(
  '%j cannot be seen: the fallback stands in',
  (raw) => {
    expect(cleanName(raw)).toBe(NAMELESS)
    expect(cleanName(raw, 'Fallback')).toBe('Fallback')
  },
)

test('a name is cut at its length, and never through a character', () => {
  expect(cleanName('x'.repeat(10_000))).toHaveLength(MAX_NAME_CHARACTERS)
  expect([...cleanName('😀'.repeat(100))]).toEqual(Array(MAX_NAME_CHARACTERS).fill('😀'))
})

test('a clean name is clean: any text, and a second time changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
      const clean = cleanName(raw)
      expect([...clean].length).toBeGreaterThan(0)
      expect([...clean].length).toBeLessThanOrEqual(MAX_NAME_CHARACTERS)
      expect(clean).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029]/u)
      expect(cleanName(clean)).toBe(clean)
    }),
  )
})
