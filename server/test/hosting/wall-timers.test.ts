import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WallTimer, WallTimers } from '../../src/ports/wall-timers'
import { FakeClock } from '../harness/fake-clock'

const START = 1_700_000_000_000

/** Timers that record when they fire. */
function recorded() {
  const clock = new FakeClock(START)
  const timers = new WallTimers(clock)
  const fired: [name: number, afterMs: number][] = []
  class Recorded extends WallTimer {
    readonly #name: number
    constructor(name: number) {
      super()
      this.#name = name
    }
    override fire(): void {
      fired.push([this.#name, clock.wall() - START])
    }
  }
  return { clock, timers, fired, timer: (name = 0) => new Recorded(name) }
}

const step = fc.record({
  name: fc.nat({ max: 7 }),
  inMs: fc.nat({ max: 200_000 }),
  isSet: fc.boolean(),
  passMs: fc.nat(9000),
})

test('each wall timer fires once, at the time that it was set for last, and one timer of the clock serves all', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { clock, timers, fired, timer } = recorded()
      const all = Array.from({ length: 8 }, (_, name) => timer(name))
      const due = new Map<number, number>()
      const expected: [number, number][] = []
      const pass = (ms: number) => {
        clock.advance(ms)
        for (const [name, at] of due) {
          if (at > clock.wall()) continue
          due.delete(name)
          expected.push([name, at - START])
        }
      }
      for (const { name, inMs, isSet, passMs } of steps) {
        const at = clock.wall() + inMs
        if (isSet) timers.set(all[name] as WallTimer, at)
        else timers.clear(all[name] as WallTimer)
        if (isSet) due.set(name, at)
        else due.delete(name)
        expect(clock.pending.length).toBe(due.size > 0 ? 1 : 0)
        pass(passMs)
      }
      pass(200_000)
      const inOrder = (fires: [number, number][]) => fires.sort(([a, x], [b, y]) => x - y || a - b)
      expect(inOrder(fired)).toEqual(inOrder(expected))
      expect(clock.pending).toEqual([])
    }),
  )
})

test('a wall timer follows the wall clock when that is set: it fires a minute late at most', () => {
  const { clock, timers, fired, timer } = recorded()
  timers.set(timer(1), START + 3_600_000)
  clock.setWall(3_600_000)
  clock.advance(60_000)
  expect(fired).toEqual([[1, 3_660_000]])
  timers.set(timer(2), clock.wall() + 10_000)
  clock.setWall(-3_600_000)
  clock.advance(3_600_000)
  expect(fired).toHaveLength(1)
  clock.advance(10_000)
  expect(fired.at(-1)).toEqual([2, 3_670_000])
})

test('one that was set after the clock leapt is not late', () => {
  const { clock, timers, fired, timer } = recorded()
  timers.set(timer(1), START + 100_000)
  clock.setWall(50_000)
  timers.set(timer(2), clock.wall() + 1000)
  clock.advance(1000)
  expect(fired).toEqual([[2, 51_000]])
})

test('one that is set after a leap past an earlier one is on time, and so is the earlier one then', () => {
  const { clock, timers, fired, timer } = recorded()
  timers.set(timer(1), START + 3_600_000)
  clock.setWall(7_200_000)
  timers.set(timer(2), clock.wall() + 3000)
  clock.advance(3000)
  expect(fired).toEqual([
    [1, 7_200_000],
    [2, 7_203_000],
  ])
})

test('one that throws does not silence the others', () => {
  const { clock, timers, fired, timer } = recorded()
  class Faulty extends WallTimer {
    override fire(): void {
      throw new Error('a fault of a listener')
    }
  }
  timers.set(new Faulty(), START + 1000)
  timers.set(timer(1), START + 1000)
  expect(() => clock.advance(1000)).toThrow('a fault')
  clock.advance(0)
  expect(fired).toEqual([[1, 1000]])
})
