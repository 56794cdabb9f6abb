import { DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { ConfigError, checkSettings } from '../../src/config/settings'
import { MessageBudgets } from '../../src/gateway/limits/message-budget'
import { Bucket, Buckets } from '../../src/gateway/limits/token-bucket'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'

const RATE = { perSecond: 5, burst: 10 }

/** Takes so often at one moment: how many were let through, and whether one was called a flood. */
function takeMany(bucket: Bucket, times: number, now: number) {
  let passed = 0
  let flooded = false
  for (let i = 0; i < times; i++) {
    const result = bucket.take(RATE, now)
    if (result.ok) passed++
    else flooded ||= result.error.flood
  }
  return { passed, flooded }
}

describe('a bucket', () => {
  test('lets a burst through at once, and then so many a second', () => {
    const bucket = new Bucket(RATE, 0)
    expect(takeMany(bucket, 12, 0)).toEqual({ passed: 10, flooded: false })
    expect(takeMany(bucket, 5, 1000).passed).toBe(4)
  })

  test('says when to come again, and keeps its word [R7.4]', () => {
    const comesAgain = (early: number) => {
      const bucket = new Bucket(RATE, 0)
      takeMany(bucket, 10, 0)
      const result = bucket.take(RATE, 0)
      expect(result).toMatchObject({ ok: false, error: { flood: false } })
      const retryAfterMs = result.ok ? 0 : result.error.retryAfterMs
      return bucket.take(RATE, retryAfterMs - early).ok
    }
    // Rounded up to a whole ms.
    expect(comesAgain(2)).toBe(false)
    expect(comesAgain(0)).toBe(true)
  })

  test('calls ten times the burst a flood, and not much less [R7.4]', () => {
    expect(takeMany(new Bucket(RATE, 0), 100, 0).flooded).toBe(false)
    expect(takeMany(new Bucket(RATE, 0), 120, 0).flooded).toBe(true)
  })

  test('never holds more than its burst', () => {
    const bucket = new Bucket(RATE, 0)
    bucket.take(RATE, 0)
    expect(takeMany(bucket, 100, 1_000_000).passed).toBe(10)
  })
})

test('every buffer has a stated bound: of buckets, the one not used for longest is forgotten [R7.8]', () => {
  const buckets = new Buckets(3)
  const take = (key: string) => buckets.take(key, { perSecond: 1, burst: 1 }, 0).ok
  expect(['a', 'b', 'c', 'a', 'd'].map(take)).toEqual([true, true, true, false, true])
  // The bucket of b was removed for that of d: it begins again, full. The others are still empty.
  expect(['c', 'a', 'd', 'b'].map(take)).toEqual([false, false, false, true])
})

/** One passer-by every 100 ms, whose bucket is full again after 10 ms. */
function passBy(buckets: Buckets, times: number) {
  for (let i = 1; i <= times; i++) buckets.take(`person ${i}`, { perSecond: 100, burst: 1 }, i * 100)
}

test('a bucket that is full again is removed before an older one that is not [R7.8]', () => {
  const buckets = new Buckets(10)
  const rate = { perSecond: 1, burst: 10 }
  expect(buckets.take('ada', rate, 0, 10).ok).toBe(true)
  passBy(buckets, 80)
  // A removed bucket would be full again, and have 10.
  expect(buckets.take('ada', rate, 8000, 9).ok).toBe(false)
})

test('buckets that fill slowly do not keep those that are full from being removed [R7.8]', () => {
  const buckets = new Buckets(20)
  const rate = { perSecond: 1, burst: 1000 }
  const slow = Array.from({ length: 5 }, (_, i) => `slow ${i}`)
  const takeAll = (now: number) => slow.map((key) => buckets.take(key, rate, now, 1000).ok)
  expect(takeAll(0)).toEqual(slow.map(() => true))
  passBy(buckets, 80)
  expect(takeAll(8000)).toEqual(slow.map(() => false))
})

describe('budgets', () => {
  const chat = { type: 'chat.send', id: 1, text: 'hi' } as const
  const signal = (to: string, sdp = '') =>
    ({ type: 'signal', to, epoch: { born: 1, n: 0 }, order: 0, body: { type: 'answer', sdp } }) as const
  const count = (times: number, ask: () => { ok: boolean }) =>
    Array.from({ length: times }, ask).filter((v) => v.ok).length
  const budgets = () => new MessageBudgets(DEFAULT_LIMITS, () => 0)

  test('chat is counted by identity and room: a second connection brings nothing new, another room does [R7.5]', () => {
    const all = budgets()
    const first = all.of('ada', 'hall')
    expect(count(12, () => first.take(chat))).toBe(10)
    const second = all.of('ada', 'hall')
    expect(second.take(chat).ok).toBe(false)
    const elsewhere = all.of('ada', 'other')
    expect(elsewhere.take(chat).ok).toBe(true)
  })

  test('chat of a whole room is counted together, and no client is sent away for that of others', () => {
    const all = budgets()
    const passed = Array.from({ length: 6 }, (_, i) => all.of(`person ${i}`, 'hall')).map((of) =>
      count(10, () => of.take(chat)),
    )
    expect(passed.reduce((sum, each) => sum + each, 0)).toBe(40)
  })

  test('an identity cannot be made to look like another one’s room', () => {
    const all = budgets()
    const one = all.of('a","b', 'c')
    count(20, () => one.take(chat))
    expect(all.of('a', 'b","c').take(chat).ok).toBe(true)
  })

  test('signals: 1000 at once by connection, 80 of them to one peer', () => {
    const budget = budgets().of('ada', 'hall')
    expect(count(100, () => budget.take(signal('bob')))).toBe(80)
    const others = Array.from({ length: 19 }, (_, i) => count(60, () => budget.take(signal(`peer ${i}`))))
    // Those rejected for the pair have cost the connection too.
    expect(others.reduce((sum, each) => sum + each, 0)).toBe(900)
  })

  test('signals: 256 KiB at once to one peer', () => {
    const budget = budgets().of('ada', 'hall')
    expect(count(20, () => budget.take(signal('bob', 'x'.repeat(32 * 1024 - 200))))).toBe(8)
    expect(budget.take(signal('eve', 'x')).ok).toBe(true)
  })

  test('signals: what counts against a pair cannot be pushed out by naming others', () => {
    let now = 0
    let others = 0
    const budget = new MessageBudgets(DEFAULT_LIMITS, () => now).of('ada', 'hall')
    expect(count(100, () => budget.take(signal('bob')))).toBe(80)
    // 64 pairs are kept: no more, while all of them are in use.
    expect(count(200, () => budget.take(signal(`unknown ${++others}`)))).toBe(63)
    expect(budget.take(signal('bob'))).toMatchObject({ ok: false })
    now += 20_000
    expect(budget.take(signal('a newcomer'))).toMatchObject({ ok: true })
  })

  describe('what one receives from all others', () => {
    const offer = (to: string, bytes = 12_000) =>
      ({ ...signal(to), body: { type: 'offer', sdp: 'x'.repeat(bytes), layout: 1 } }) as const
    const people = Array.from({ length: 20 }, (_, i) => `person ${i}`)
    const room = () => {
      const now = { ms: 0 }
      const all = new MessageBudgets(DEFAULT_LIMITS, () => now.ms)
      return { now, all, of: new Map(people.map((id) => [id, all.of(id, 'hall')] as const)) }
    }

    test('a room of twenty that reloads as a whole, twice in a row, is rejected nothing [R9.9]', () => {
      const { now, of } = room()
      for (let round = 0; round < 2; round++) {
        for (const [from, budget] of of) {
          for (const to of people.filter((id) => id !== from)) {
            expect(budget.take(offer(to)).ok && budget.take(signal(to, 'x'.repeat(12_000))).ok).toBe(true)
          }
        }
        now.ms += 1000
      }
    })

    test('offers of many at one are bounded, and a newcomer that comes amid them gets through [R9.9]', () => {
      const { now, all, of } = room()
      const [victim = '', ...hostile] = people
      let passed = 0
      const minute = 60 * 1000
      while (now.ms < minute) {
        for (const id of hostile) if (of.get(id)?.take(offer(victim, 100)).ok) passed++
        now.ms += 1000 / 16
      }
      // In common 60 and two a second; of its own each has six, and one in ten seconds.
      expect(passed).toBeLessThanOrEqual(60 + 2 * 60 + hostile.length * (6 + 6))
      expect(all.of('newcomer', 'hall').take(offer(victim)).ok).toBe(true)
      const rejected = of.get('person 1')?.take(offer(victim))
      expect(rejected).toMatchObject({ ok: false, error: { limit: 'receiver_offers', flood: false } })
    })

    test('bytes of many at one never fill its queue [R7.8, R9.9]', () => {
      const { of } = room()
      const [victim = '', ...hostile] = people
      let passed = 0
      for (let round = 0; round < 60; round++) {
        for (const id of hostile) if (of.get(id)?.take(signal(victim, 'x'.repeat(8000))).ok) passed += 8000
      }
      expect(passed).toBeLessThan(DEFAULT_LIMITS.maxQueuedBytes)
      expect(passed).toBeGreaterThan(DEFAULT_LIMITS.pairByteBurst)
    })

    test('a reconnect brings no new offers, nor does another participant cost any [R7.5]', () => {
      const { all } = room()
      const ask = () => all.of('ada', 'hall').take(offer('bob', 10))
      while (ask().ok);
      expect(ask()).toMatchObject({ ok: false, error: { limit: 'receiver_offers' } })
      expect(all.of('ada', 'hall').take(offer('cy', 10)).ok).toBe(true)
      expect(all.of('ada', 'elsewhere').take(offer('bob', 10)).ok).toBe(true)
    })

    test('candidates are counted anew with each ICE restart', () => {
      const budget = budgets().of('ada', 'hall')
      const first = signal('bob', 'a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n'.repeat(40))
      for (const restarts of [1, 2, 3]) {
        const again = { ...first, epoch: { ...first.epoch, restarts } }
        expect(budget.take(again).ok).toBe(true)
        expect(budget.take(again)).toMatchObject({ ok: false, error: { limit: 'candidates' } })
      }
    })

    test('candidates in a description count as candidates', () => {
      const budget = budgets().of('ada', 'hall')
      const of = (count: number) => signal('bob', 'a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n'.repeat(count))
      expect(budget.take(of(60)).ok).toBe(true)
      expect(budget.take(of(5))).toMatchObject({ ok: false, error: { limit: 'candidates' } })
    })
  })

  test('casts: by their bytes too, for one identity on all its connections', () => {
    const now = { ms: 0 }
    const all = new MessageBudgets(DEFAULT_LIMITS, () => now.ms)
    const cast = { type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000) } } as const
    expect(count(40, () => all.of('ada', 'hall').take(cast))).toBe(40)
    let passed = 0
    for (let second = 0; second < 10; second++) {
      now.ms += 1000
      passed += count(20, () => all.of('ada', 'hall').take(cast))
    }
    expect(passed).toBeLessThan(90)
    expect(all.of('bob', 'hall').take(cast).ok).toBe(true)
  })

  test('casts: one of any size that is allowed is within the bytes, however tight the limits are', () => {
    let now = 0
    const { limits } = checkSettings({ limits: { castBytesPerSecond: 1024, castByteBurst: 10 * 1024 } })
    const budget = new MessageBudgets(limits, () => now).of('ada', 'hall')
    const to = Array.from({ length: 20 }, () => 'x'.repeat(64))
    const value = 'x'.repeat(limits.maxDataBytes - 2)
    const largest = { type: 'cast', cast: { type: 'data', value, to } } as const
    expect(budget.take(largest)).toEqual({ ok: true })
    now = 10_000
    expect(budget.take(largest)).toEqual({ ok: true })
    expect(() => checkSettings({ limits: { castByteBurst: 10 * 1024 - 1 } })).toThrow(ConfigError)
  })

  test('chat: who was rejected for a busy room is rejected for all the time it was told, so that no text overtakes another', () => {
    let now = 0
    const all = new MessageBudgets(DEFAULT_LIMITS, () => now)
    for (let i = 0; i < 4; i++) count(10, () => all.of(`person ${i}`, 'hall').take(chat))
    const ada = all.of('ada', 'hall')
    const first = ada.take(chat)
    expect(first).toEqual({ ok: false, error: { retryAfterMs: 1000, flood: false, limit: 'room_chat_rate' } })
    now = 999
    // The room has space for twenty again, and others find it.
    expect(all.of('bob', 'hall').take(chat)).toEqual({ ok: true })
    expect(ada.take(chat)).toMatchObject({ ok: false, error: { retryAfterMs: 1, flood: false } })
    now = 1000
    expect(ada.take(chat)).toEqual({ ok: true })
  })

  test.each([
    ['its own bucket', { chatPerSecond: 10, chatBurst: 2 }],
    ['the bucket of commands', { commandsPerSecond: 10, commandBurst: 2 }],
  ])('chat: who was rejected by %s is rejected until the time it was told, too', (_by, limits) => {
    let now = 0
    const ada = new MessageBudgets({ ...DEFAULT_LIMITS, ...limits }, () => now).of('ada', 'hall')
    expect(count(2, () => ada.take(chat))).toBe(2)
    expect(ada.take(chat)).toMatchObject({ ok: false, error: { retryAfterMs: 1000, flood: false } })
    now = 999
    expect(ada.take(chat)).toMatchObject({ ok: false, error: { retryAfterMs: 1, flood: false } })
    now = 1000
    expect(ada.take(chat)).toEqual({ ok: true })
  })

  test('joins: ten at once by identity and room', () => {
    const all = budgets()
    expect(count(12, () => all.join('ada', 'hall'))).toBe(10)
    expect(all.join('bob', 'hall').ok).toBe(true)
  })
})

describe('on the wire', () => {
  const limits = { chatPerSecond: 1, chatBurst: 2 }

  test('chat beyond the limit is rejected with the time to wait, and the connection stays [R7.4]', async () => {
    const clock = new FakeClock()
    const { enter } = await runServer({ limits, clock })
    const ada = await enter('hall', 'ada', { role: 'host' })
    await ada.welcome()
    expect(await ada.ask({ type: 'chat.send', text: 'one' })).toMatchObject({ ok: true })
    expect(await ada.ask({ type: 'chat.send', text: 'two' })).toMatchObject({ ok: true })
    const reply = await ada.ask({ type: 'chat.send', text: 'three' })
    expect(reply).toMatchObject({ ok: false, error: { code: 'rate_limited', retryable: true } })
    clock.advance(reply.ok ? 0 : (reply.error.retryAfterMs ?? 0))
    expect(await ada.ask({ type: 'chat.send', text: 'three' })).toMatchObject({ ok: true })
  })

  test('ten times the limit ends the connection [R7.4]', async () => {
    const { enter } = await runServer({ limits, clock: new FakeClock() })
    const ada = await enter('hall', 'ada', { role: 'host' })
    await ada.welcome()
    for (let id = 1; id <= 40; id++) ada.say({ type: 'chat.send', id, text: 'again' })
    expect(await ada.goodbye()).toMatchObject({ code: 'rate_limited', close: 4429 })
  })

  test('casts beyond the limit are rejected [R7.4]', async () => {
    const { enter } = await runServer({ limits: { castsPerSecond: 1, castBurst: 1 }, clock: new FakeClock() })
    const ada = await enter('hall', 'ada', { role: 'host' })
    await ada.welcome()
    for (let i = 0; i < 2; i++) ada.say({ type: 'cast', cast: { type: 'reaction', emoji: '🔥' } })
    expect(await ada.next('rejected')).toMatchObject({ what: 'cast', error: { code: 'rate_limited' } })
  })

  test('joins beyond the limit are rejected for a moment [R7.4]', async () => {
    const { enter } = await runServer({ clock: new FakeClock() })
    for (let attempt = 1; attempt <= 10; attempt++) await (await enter('hall', 'ada', { attempt })).welcome()
    const eleventh = await enter('hall', 'ada', { attempt: 11 })
    expect(await eleventh.goodbye()).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) })
  })

  test('more commands at once than may be unanswered are rejected before they run', async () => {
    const { enter } = await runServer({ limits: { maxUnansweredCommands: 2 } })
    const ada = await enter('hall', 'ada', { role: 'host' })
    await ada.welcome()
    ada.say(...[1, 2, 3].map((id) => ({ type: 'moderation.lock', id })))
    expect(await ada.reply(3)).toMatchObject({ ok: false, error: { code: 'rate_limited' } })
    expect(await ada.reply(2)).toMatchObject({ ok: true })
  })
})
