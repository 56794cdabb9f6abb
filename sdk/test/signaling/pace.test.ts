// When the next connection is tried: with a backoff, or in a hurry.
import { expect, test } from 'vitest'
import { Pace } from '../../src/signaling/pace'
import { FakeClock } from '../harness/fake-clock'

function pacing() {
  const clock = new FakeClock()
  return { clock, pace: new Pace({ clock, random: () => 0.5 }) }
}

test('without a hurry pauses grow, and a try has its full time', () => {
  const { pace } = pacing()
  const pauses = Array.from({ length: 8 }, () => pace.wait({}, false, () => undefined))
  expect(pauses).toEqual([500, 1500, 3000, 6000, 12_000, 22_500, 22_500, 22_500])
  expect(pace.limitMs).toBe(10_000)
})

test('in a hurry tries follow each other and are given up soon, but for each eleventh [R9.12]', () => {
  const { pace } = pacing()
  pace.opened(50)
  pace.hurry(true)
  const limits = Array.from({ length: 23 }, () => {
    const { limitMs } = pace
    expect(pace.wait({}, false, () => undefined)).toBeLessThanOrEqual(500)
    return limitMs
  })
  const ten = Array<number>(10).fill(2_000)
  expect(limits).toEqual([...ten, 10_000, ...ten, 10_000, 2_000])
  pace.hurry(false)
  expect(pace.limitMs).toBe(10_000)
})

test('where connections open slowly, a hurried try has more time', () => {
  const { pace } = pacing()
  pace.hurry(true)
  pace.opened(900)
  expect(pace.limitMs).toBe(3_600)
  pace.opened(60_000)
  expect(pace.limitMs).toBe(10_000)
})

test('a hurry ends the pause before it, but not one that the server asked for', () => {
  for (const [ending, slowly, tried] of [
    [{}, false, 1],
    [{ retryAfterMs: 5_000 }, false, 0],
    [{}, true, 0],
  ] as const) {
    const { clock, pace } = pacing()
    let tries = 0
    for (let n = 0; n < 5; n++) pace.wait(ending, slowly, () => tries++)
    pace.hurry(true)
    expect(tries).toBe(tried)
    clock.advance(0)
    pace.cancel()
    expect(clock.waiting).toBe(0)
  }
})

test('what the server says is kept in a hurry too', () => {
  const { pace } = pacing()
  pace.hurry(true)
  expect(pace.wait({ retryAfterMs: 8_000 }, false, () => undefined)).toBeGreaterThanOrEqual(8_000)
  expect(pace.wait({}, true, () => undefined)).toBeGreaterThanOrEqual(15_000)
})
