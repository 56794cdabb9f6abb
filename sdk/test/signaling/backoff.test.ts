import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../src/signaling/close-policy'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const failures = fc.nat({ max: 10_000 })

test('a delay is anywhere in its window: from 0, below 1 s at first, doubling to 30 s', () => {
  fc.assert(
    fc.property(failures, chance, (n, random) => {
      const window = Math.min(30_000, 1000 * 2 ** n)
      expect(backoffMs(n, random)).toBeCloseTo(random * window, 6)
    }),
  )
})

test('the server is never asked sooner than it said, nor held to more than an hour', () => {
  fc.assert(
    fc.property(failures, chance, fc.integer({ min: 1, max: 10 ** 12 }), (n, random, retryAfterMs) => {
      const delay = backoffMs(n, random, { retryAfterMs })
      expect(delay).toBeGreaterThanOrEqual(Math.min(retryAfterMs, 3_600_000))
      expect(delay).toBeLessThanOrEqual(3_601_000)
    }),
  )
})

test('what waits for a seat waits 15 to 30 s, however often it was tried', () => {
  fc.assert(
    fc.property(failures, chance, (n, random) => {
      const delay = backoffMs(n, random, { slowly: true })
      expect(delay).toBeGreaterThanOrEqual(15_000)
      expect(delay).toBeLessThanOrEqual(30_000)
    }),
  )
})
