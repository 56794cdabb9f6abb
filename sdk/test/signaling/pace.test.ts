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

test('in a hurry tries begin each second and are given up soon, for a minute at most [R9.12]', () => {
  const { clock, pace } = pacing()
  pace.hurry(true)
  const pauses: number[] = []
  for (let ms = 0; clock.now() < 60_000; ms += 1) {
    pace.begin()
    expect(pace.limitMs).toBe(2_000)
    clock.advance(ms % 2 === 0 ? 2_000 : 10)
    if (clock.now() < 60_000) pauses.push(pace.wait({}, false, () => undefined))
    clock.advance(pauses.at(-1) ?? 0)
  }
  expect(new Set(pauses)).toEqual(new Set([0, 990]))
  expect(pace.limitMs).toBe(10_000)
  expect(Array.from({ length: 3 }, () => pace.wait({}, false, () => undefined))).toEqual([500, 1500, 3000])
})

test('what failed in a hurry does not count for the pauses after it', () => {
  const { pace } = pacing()
  pace.hurry(true)
  for (let n = 0; n < 6; n++) pace.wait({}, false, () => undefined)
  pace.hurry(false)
  expect(pace.wait({}, false, () => undefined)).toBe(500)
  expect(pace.attempts).toBe(7)
})

test('where a token or a connection takes long, a hurried try has more time', () => {
  const { clock, pace } = pacing()
  pace.hurry(true)
  for (const [tookMs, limitMs] of [
    [100, 2_000],
    [900, 3_600],
    [60_000, 10_000],
  ] as const) {
    pace.begin()
    clock.advance(tookMs)
    pace.opened()
    expect(pace.limitMs).toBe(limitMs)
  }
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
