import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../src/signaling/close-policy'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const failures = fc.nat({ max: 10_000 })

test('the first delay is anywhere from 0 to 1 s', () => {
  fc.assert(
    fc.property(chance, (random) => {
      expect(backoffMs(0, random)).toBeCloseTo(random * 1000, 6)
    }),
  )
})

test('each later delay is anywhere in the second half of its window, which doubles to 30 s', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (n, random) => {
      const window = Math.min(30_000, 1000 * 2 ** n)
      expect(backoffMs(n, random)).toBeCloseTo(window / 2 + (random * window) / 2, 6)
    }),
  )
})

test('a client is back within three times the time that its server was away, and 2 s', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 15_000, noNaN: true }), fc.infiniteStream(chance), (awayMs, chances) => {
      let at = 0
      for (let failures = 0; at < awayMs || failures === 0; failures++) {
        at += backoffMs(failures, chances.next().value)
      }
      // The last delay is at most twice the sum of those before it, and 2 s.
      expect(at).toBeLessThanOrEqual(3 * awayMs + 2000)
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
