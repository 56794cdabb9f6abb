import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Bytes } from '../../src/protocol'
import { fromBase64Url, toBase64Url } from '../../src/protocol/text'

// Lone surrogates too: `binary` draws whole code points only.
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
)

test('bytes are counted as Node counts them', () => {
  fc.assert(fc.property(anyText, (text) => void expect(utf8Bytes(text)).toBe(Buffer.byteLength(text))))
})

test('base64url is written as Node writes it', () => {
  fc.assert(
    fc.property(anyText, (text) => void expect(toBase64Url(text)).toBe(Buffer.from(text).toString('base64url'))),
  )
})

test('any text comes back; what UTF-8 cannot hold comes back as U+FFFD', () => {
  fc.assert(
    fc.property(anyText, (text) => void expect(fromBase64Url(toBase64Url(text))).toBe(Buffer.from(text).toString())),
  )
})

test('any bytes come back as their text, or not at all where they are no UTF-8', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const read = fromBase64Url(Buffer.from(bytes).toString('base64url'))
      expect(read).toBe(utf8Or(undefined, bytes))
    }),
  )
})

test.each(['a', 'abcde', 'YQ==', 'a b', 'Y+', 'Y/', 'ä', 'YQ\n'])('%j is no base64url', (encoded) => {
  expect(fromBase64Url(encoded)).toBeUndefined()
})

function utf8Or<T>(otherwise: T, bytes: Uint8Array): string | T {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return otherwise
  }
}
