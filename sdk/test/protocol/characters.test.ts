import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countCharacters, isBlank } from '../../src/protocol'

test.each([
  ['', 0],
  ['Zoë', 3],
  ['👋', 1],
  ['👩‍🚀', 3],
  ['\ud83d', 1],
])('%j has %i characters [R7.21]', (text, count) => {
  expect(countCharacters(text)).toBe(count)
})

test('as many as a loop over the text has rounds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(countCharacters(text)).toBe(Array.from(text).length)
    }),
  )
})

const BLANKS: [string, string][] = [
  ['nothing', ''],
  ['spaces', ' \t\n\u00a0\u2003\u3000'],
  ['controls', '\u0000\u001b\u0085'],
  ['zero width', '\u200b\u200c\u200d\u2060\ufeff'],
  ['marks of direction', '\u200e\u200f\u061c\u202a\u202e\u2066\u2069'],
  ['variation selectors', '\ufe00\ufe0f\u{e0100}'],
  ['fillers of Hangul', '\u115f\u1160\u3164\uffa0'],
  ['blank braille', '\u2800'],
  ['a soft hyphen, and a joiner of graphemes', '\u00ad\u034f'],
  ['tags', '\u{e0020}\u{e007f}'],
  ['a note without a head', '\u{1d159}'],
  ['blanks of hieroglyphs', '\u{13441}\u{13442}'],
  ['half a pair', '\ud83d'],
]

test.each(BLANKS)('%s shows nothing [R7.21]', (_what, text) => {
  expect(isBlank(text)).toBe(true)
  expect(isBlank(`${text}x`)).toBe(false)
})

test.each(['x', '.', '❤️', '\u2801', '가', 'ا', '\u0301', '\ufffd', '\u{1fae9}', '\u{10ffff}'])(
  '%j shows something',
  (text) => {
    expect(isBlank(text)).toBe(false)
  },
)
