import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Cast, cast, clientMessage, DEFAULT_LIMITS, hello, limits, utf8Bytes } from '../../src/protocol'
import { isSafeJson, MAX_JSON_DEPTH } from '../../src/protocol/json'

const passes = (message: unknown) => v.is(clientMessage, message)

describe('a chat text', () => {
  const send = (text: string) => passes({ type: 'chat.send', id: 1, text })

  test('is not empty', () => {
    expect(send('')).toBe(false)
    expect(send('x')).toBe(true)
  })

  test('has at most so many characters', () => {
    expect(send('x'.repeat(DEFAULT_LIMITS.maxChatCharacters))).toBe(true)
    expect(send('x'.repeat(DEFAULT_LIMITS.maxChatCharacters + 1))).toBe(false)
  })

  test('counts a character of a pair of surrogates once [R7.21]', () => {
    const most = DEFAULT_LIMITS.maxChatBytes / 4
    expect(send('😀'.repeat(most))).toBe(true)
    expect(send(`${'é'.repeat(1999)}😀`)).toBe(true)
    expect(send(`${'é'.repeat(2000)}😀`)).toBe(false)
  })

  test('has at most so many bytes', () => {
    const fits = '€'.repeat(Math.floor(DEFAULT_LIMITS.maxChatBytes / 3))
    expect(send(fits)).toBe(true)
    expect(send(`${fits}€`)).toBe(false)
  })
})

describe('a signal', () => {
  const signal = (body: unknown) => passes({ type: 'signal', to: 'a', epoch: { born: 1, n: 0 }, order: 0, body })

  test('has a session description of at most so many bytes', () => {
    const sdp = 'é'.repeat(DEFAULT_LIMITS.maxSdpBytes / 2)
    expect(signal({ type: 'answer', sdp })).toBe(true)
    expect(signal({ type: 'answer', sdp: `${sdp}x` })).toBe(false)
  })

  test('has a candidate of at most so many bytes', () => {
    const candidate = 'x'.repeat(DEFAULT_LIMITS.maxCandidateBytes)
    expect(signal({ type: 'candidate', candidate, sdpMid: null, sdpMLineIndex: null })).toBe(true)
    expect(signal({ type: 'candidate', candidate: `${candidate}x`, sdpMid: null, sdpMLineIndex: null })).toBe(false)
  })

  test('does not say who sends it [R5.9]', () => {
    const body = { type: 'restart' }
    expect(passes({ type: 'signal', to: 'a', from: 'b', epoch: { born: 1, n: 0 }, order: 0, body })).toBe(false)
  })
})

describe('a reaction', () => {
  const reaction = (emoji: string) => v.is(cast, { type: 'reaction', emoji } satisfies Cast)

  test.each(['❤️', '🔥', '👏', '😮', '🇩🇪', '1️⃣', '👩🏽‍❤️‍💋‍👨🏿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👨‍👩‍👧‍👦', '©'])('may be %s', (emoji) => {
    expect(reaction(emoji)).toBe(true)
  })

  test.each(['', 'a', '5', '#', '\u200d', '<b>', '🔥x', '🔥'.repeat(17)])('is not %j', (emoji) => {
    expect(reaction(emoji)).toBe(false)
  })
})

describe('an app message', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

  test('nests so deep and no deeper', () => {
    expect(isSafeJson(nested(MAX_JSON_DEPTH))).toBe(true)
    expect(isSafeJson(nested(MAX_JSON_DEPTH + 1))).toBe(false)
  })

  test('has a value', () => {
    expect(v.is(cast, { type: 'data' })).toBe(false)
    expect(v.is(cast, { type: 'data', value: null })).toBe(true)
  })

  test('goes to a participant', () => {
    expect(v.is(cast, { type: 'data', value: 1, to: [] })).toBe(false)
    expect(v.is(cast, { type: 'data', value: 1, to: Array(21).fill('a') })).toBe(false)
  })
})

describe('a hello', () => {
  const good = { intent: 'join', session: 'x'.repeat(43), attempt: 1, joinId: 'join-one', client: 'test' }

  test.each([
    ['session', 'x'.repeat(42)],
    ['session', `${'x'.repeat(42)}=`],
    ['attempt', 0],
    ['attempt', 1.5],
    ['page', 'short'],
    ['page', 'x'.repeat(65)],
    ['intent', 'leave'],
    ['client', 'x'.repeat(65)],
    ['token', ''],
    ['token', 'x'.repeat(5001)],
    ['name', 'x'.repeat(257)],
    ['seq', -1],
    ['instance', '../'],
  ])('is none with %s %j', (key, value) => {
    expect(v.is(hello, good)).toBe(true)
    expect(v.is(hello, { ...good, [key]: value })).toBe(false)
  })
})

test.each([0, 1.5, -3, 2 ** 53, '7', null])('a command has no id of %j', (id) => {
  expect(passes({ type: 'leave', id })).toBe(false)
})

test.each([0.5, 0, 7 * 24 * 60 + 1, Number.POSITIVE_INFINITY])('no kick is for %s minutes', (minutes) => {
  expect(passes({ type: 'moderation.kick', id: 1, participantId: 'a', minutes })).toBe(false)
})

test('the default limits are limits, and what a server does not name is as they say', () => {
  expect(v.parse(limits, DEFAULT_LIMITS)).toEqual(DEFAULT_LIMITS)
  expect(v.parse(limits, { chatBurst: 3 })).toEqual({ ...DEFAULT_LIMITS, chatBurst: 3 })
})

test('what may be said fits into a frame', () => {
  const largest = [DEFAULT_LIMITS.maxChatBytes, DEFAULT_LIMITS.maxDataBytes, DEFAULT_LIMITS.maxSdpBytes]
  for (const bytes of largest) expect(bytes).toBeLessThan(DEFAULT_LIMITS.maxFrameBytes)
  const sdp = '\r\n'.repeat(DEFAULT_LIMITS.maxSdpBytes / 4) + 'x'.repeat(DEFAULT_LIMITS.maxSdpBytes / 2)
  expect(utf8Bytes(JSON.stringify(sdp))).toBeLessThan(DEFAULT_LIMITS.maxFrameBytes)
})
