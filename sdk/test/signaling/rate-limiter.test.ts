import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/protocol'
import { rateLimitersOf } from '../../src/signaling/rate-limiter'
import { FakeClock } from '../harness/fake-clock'

type Arrival = { readonly at: number; readonly cost: number }

// The server's own bucket, as `docs` and `welcome.limits` describe it: `burst` after a pause, then `perSecond`.
function serverTakes(arrivals: readonly Arrival[], perSecond: number, burst: number): boolean {
  let [held, last] = [burst, 0]
  return arrivals.every(({ at, cost }) => {
    held = Math.min(burst, held + ((at - last) / 1000) * perSecond)
    last = at
    held -= cost
    return held >= -1e-6
  })
}

test('a flood that keeps our pace passes at the server, however the network bunches it up on its way', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(delays, fc.integer({ min: 0, max: 500 }), (held, wayBack) => {
      const clock = new FakeClock()
      const { chat } = rateLimitersOf(DEFAULT_LIMITS, clock)
      const arrivals: Arrival[] = []
      for (const delay of held) {
        while (chat.waitMs() > 0) clock.advance(10)
        chat.take()
        // One line keeps its order: nothing arrives before what was sent earlier.
        const arrival = Math.max(arrivals.at(-1)?.at ?? 0, clock.now() + delay)
        arrivals.push({ at: arrival, cost: 1 })
        clock.after(arrival + wayBack - clock.now(), () => chat.settle(1))
      }
      expect(serverTakes(arrivals, DEFAULT_LIMITS.chatPerSecond, DEFAULT_LIMITS.chatBurst)).toBe(true)
    }),
  )
})

test('casts that keep our pace pass by their bytes too, with up to a second of them bunched up on the way', () => {
  const casts = fc.array(
    fc.record({ cost: fc.integer({ min: 50, max: 10_240 }), delay: fc.integer({ max: 1000, min: 0 }) }),
    {
      minLength: 50,
      maxLength: 200,
    },
  )
  const { castBytesPerSecond, castByteBurst } = DEFAULT_LIMITS
  fc.assert(
    fc.property(casts, (all) => {
      const clock = new FakeClock()
      const { castBytes } = rateLimitersOf(DEFAULT_LIMITS, clock)
      const arrivals: Arrival[] = []
      for (const { cost, delay } of all) {
        while (castBytes.waitMs(cost) > 0) clock.advance(10)
        castBytes.take(cost)
        castBytes.settle(cost)
        arrivals.push({ at: Math.max(arrivals.at(-1)?.at ?? 0, clock.now() + delay), cost })
      }
      expect(serverTakes(arrivals, castBytesPerSecond, castByteBurst)).toBe(true)
    }),
  )
})

test('what is larger than a burst leaves when the bucket is full, and is paid for afterwards', () => {
  const clock = new FakeClock()
  const { castBytes } = rateLimitersOf({ ...DEFAULT_LIMITS, castBytesPerSecond: 1000, castByteBurst: 10_000 }, clock)
  expect(castBytes.waitMs(10_000)).toBe(0)
  castBytes.take(10_000)
  castBytes.settle(10_000)
  expect(castBytes.waitMs(10_000)).toBe(10_000)
})
