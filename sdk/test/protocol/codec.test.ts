import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeClientFrame,
  decodeHello,
  decodeServerFrame,
  encodeHello,
  type Hello,
  MAX_FRAME_MESSAGES,
} from '../../src/protocol'
import { toBase64Url } from '../../src/protocol/text'

const decoders = { decodeClientFrame, decodeServerFrame, decodeHello }
const each = Object.entries(decoders)

describe('reading never throws [R7.1]', () => {
  test.each(each)('%s takes any text', (_name, decode) => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void decode(text)))
  })

  test.each(each)('%s takes any bytes that were read as text', (_name, decode) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decode(Buffer.from(bytes).toString('utf8'))
        decode(Buffer.from(bytes).toString('base64url'))
      }),
    )
  })

  test.each(each)('%s takes any JSON', (_name, decode) => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        decode(json)
        decode(`[${json}]`)
        decode(toBase64Url(json))
      }),
    )
  })

  const types = ['chat.send', 'signal', 'cast', 'welcome', 'event', 'reply', 'media.update', 'moderation.setRole']
  test.each(each)('%s takes any object that looks like a message', (_name, decode) => {
    const looksLike = fc.record(
      {
        type: fc.constantFrom(...types),
        id: fc.jsonValue(),
        ok: fc.jsonValue(),
        cast: fc.jsonValue(),
        body: fc.jsonValue(),
        logged: fc.record({ seq: fc.jsonValue(), at: fc.jsonValue(), by: fc.jsonValue(), event: fc.jsonValue() }),
        sources: fc.jsonValue(),
        room: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    )
    fc.assert(fc.property(fc.array(looksLike), (messages) => void decode(JSON.stringify(messages))))
  })

  const DEEP = 30_000
  const nested = [
    ['arrays', '['.repeat(DEEP) + ']'.repeat(DEEP)],
    ['objects', `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
  ] as const
  test.each(nested)('JSON of %s 30,000 deep is rejected wherever it stands', (_name, deep) => {
    expect(decodeClientFrame(deep)?.every(({ ok }) => !ok) ?? true).toBe(true)
    expect(decodeClientFrame(`[{"type":"cast","cast":{"type":"data","value":${deep}}}]`)).toEqual([{ ok: false }])
    expect(decodeClientFrame(`[{"type":"chat.send","id":1,"text":${deep}}]`)).toEqual([{ ok: false, id: 1 }])
    expect(decodeClientFrame(`[{"type":${deep}}]`)).toEqual([{ ok: false }])
    expect(decodeServerFrame(`[{"type":"goodbye","code":${deep}}]`)).toEqual([{ ok: false }])
    expect(decodeHello(toBase64Url(deep))).toBeUndefined()
  })
})

describe('a frame', () => {
  test.each(['', 'null', '1', '"text"', '{}', '[]', '{"type":"heartbeat"}', '[{"type":"heartbeat"}'])(
    '%j is none: not an array of one or more messages',
    (text) => {
      expect(decodeClientFrame(text)).toBeUndefined()
      expect(decodeServerFrame(text)).toBeUndefined()
    },
  )

  test('a bad message spoils nothing but itself, and is named where it has a number', () => {
    const frame = '[{"type":"heartbeat"},{"type":"chat.send","id":7},{"type":"no.such"},{"type":"leave","id":8}]'
    expect(decodeClientFrame(frame)).toEqual([
      { ok: true, message: { type: 'heartbeat' } },
      { ok: false, id: 7 },
      { ok: false },
      { ok: true, message: { type: 'leave', id: 8 } },
    ])
  })

  test.each(['"7"', '-1', '0', '1.5', 'null', '1e999', '9007199254740993'])(
    'an id of %s is no number to answer to',
    (id) => {
      expect(decodeClientFrame(`[{"type":"chat.send","id":${id}}]`)).toEqual([{ ok: false }])
    },
  )

  test('an upward one has a bound on its messages [R7.2]', () => {
    const frame = (count: number) => `[${Array(count).fill('{"type":"heartbeat"}').join(',')}]`
    expect(decodeClientFrame(frame(MAX_FRAME_MESSAGES))).toHaveLength(MAX_FRAME_MESSAGES)
    expect(decodeClientFrame(frame(MAX_FRAME_MESSAGES + 1))).toBeUndefined()
    expect(decodeServerFrame(frame(MAX_FRAME_MESSAGES + 1))).toHaveLength(MAX_FRAME_MESSAGES + 1)
  })
})

describe('unknown keys', () => {
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'role', 'from']

  test.each(keys)('%s makes a bad message of what a client says', (key) => {
    for (const message of [
      `{"type":"heartbeat","${key}":{"role":"host"}}`,
      `{"type":"chat.send","id":1,"text":"hello","${key}":"host"}`,
      `{"type":"media.update","id":1,"sources":{"${key}":{"published":true,"muted":false,"interrupted":false}}}`,
      `{"type":"cast","cast":{"type":"reaction","emoji":"🔥","${key}":1}}`,
    ])
      expect(decodeClientFrame(`[${message}]`)?.[0]?.ok, message).toBe(false)
  })

  test.each(keys)('%s makes a bad hello', (key) => {
    const good = { intent: 'join', session: 'x'.repeat(43), attempt: 1, joinId: 'join-one', client: 'test' }
    expect(decodeHello(encodeHello(good as Hello))).toEqual(good)
    expect(decodeHello(toBase64Url(`${JSON.stringify(good).slice(0, -1)},"${key}":1}`))).toBeUndefined()
  })

  test.each(['__proto__', 'constructor', 'prototype'])(
    '%s never comes through in an app message, however deep',
    (key) => {
      const value = `{"a":[{"${key}":{"role":"host"}}]}`
      expect(decodeClientFrame(`[{"type":"cast","cast":{"type":"data","value":${value}}}]`)).toEqual([{ ok: false }])
    },
  )

  test('are dropped from what the server says', () => {
    expect(decodeServerFrame('[{"type":"heartbeat","new":1,"__proto__":{"role":"host"}}]')).toEqual([
      { ok: true, message: { type: 'heartbeat' } },
    ])
  })

  test('a rejection with a code that this version does not know is a rejection all the same', () => {
    const error = { code: 'of_a_newer_server', message: 'Not today.', retryable: true }
    const [decoded] = decodeServerFrame(JSON.stringify([{ type: 'reply', re: 1, ok: false, error }])) ?? []
    expect(decoded).toEqual({
      ok: true,
      message: { type: 'reply', re: 1, ok: false, error: { ...error, code: 'internal' } },
    })
  })

  test('an event that this version does not know is folded as unknown: its seq counts', () => {
    const frame = '[{"type":"event","logged":{"seq":4,"at":1,"by":null,"event":{"type":"poll.opened","question":"?"}}}]'
    expect(decodeServerFrame(frame)).toEqual([
      { ok: true, message: { type: 'event', logged: { seq: 4, at: 1, by: null, event: { type: 'unknown' } } } },
    ])
  })
})
