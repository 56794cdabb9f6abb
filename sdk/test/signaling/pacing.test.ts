import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/protocol'
import { pacingOf } from '../../src/signaling/pacing'
import { ManualClock } from '../fakes/manual-clock'

// The server's own bucket, as `docs` and `welcome.limits` describe it: `burst` after a pause, then `perSecond`.
function serverTakes(arrivals: readonly number[], perSecond: number, burst: number): boolean {
  let [held, last] = [burst, 0]
  return arrivals.every((at) => {
    held = Math.min(burst, held + ((at - last) / 1000) * perSecond)
    last = at
    held -= 1
    return held >= -1e-6
  })
}

test('a flood that keeps our pace passes at the server, however the network bunches it up on its way', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 100 })
  fc.assert(
    fc.property(delays, fc.integer({ min: 0, max: 500 }), (held, wayBack) => {
      const clock = new ManualClock()
      const { chat } = pacingOf(DEFAULT_LIMITS, clock)
      const arrivals: number[] = []
      for (const delay of held) {
        while (chat.waitMs() > 0) clock.advance(10)
        chat.take()
        // One line keeps its order: nothing arrives before what was sent earlier.
        const arrival = Math.max(arrivals.at(-1) ?? 0, clock.now() + delay)
        arrivals.push(arrival)
        clock.after(arrival + wayBack - clock.now(), () => chat.settle(1))
      }
      expect(serverTakes(arrivals, DEFAULT_LIMITS.chatPerSecond, DEFAULT_LIMITS.chatBurst)).toBe(true)
    }),
  )
})
