import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Alarm, Alarms } from '../../src/ports/alarms'
import { FakeClock } from '../harness/fake-clock'

const START = 1_700_000_000_000

/** Alarms that note when they ring. */
function noted() {
  const clock = new FakeClock(START)
  const alarms = new Alarms(clock)
  const rung: [name: number, afterMs: number][] = []
  class Noted extends Alarm {
    readonly #name: number
    constructor(name: number) {
      super()
      this.#name = name
    }
    override ring(): void {
      rung.push([this.#name, clock.wall() - START])
    }
  }
  return { clock, alarms, rung, alarm: (name = 0) => new Noted(name) }
}

const step = fc.record({
  name: fc.nat({ max: 7 }),
  inMs: fc.nat({ max: 200_000 }),
  isSet: fc.boolean(),
  passMs: fc.nat(9000),
})

test('each alarm rings once, at the time that it was set for last, and one timer is enough for all', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { clock, alarms, rung, alarm } = noted()
      const all = Array.from({ length: 8 }, (_, name) => alarm(name))
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
        if (isSet) alarms.set(all[name] as Alarm, at)
        else alarms.clear(all[name] as Alarm)
        if (isSet) due.set(name, at)
        else due.delete(name)
        expect(clock.pending.length).toBe(due.size > 0 ? 1 : 0)
        pass(passMs)
      }
      pass(200_000)
      const inOrder = (rings: [number, number][]) => rings.sort(([a, x], [b, y]) => x - y || a - b)
      expect(inOrder(rung)).toEqual(inOrder(expected))
      expect(clock.pending).toEqual([])
    }),
  )
})

test('an alarm goes by the clock on the wall, wherever that is set: at the latest a minute behind it', () => {
  const { clock, alarms, rung, alarm } = noted()
  alarms.set(alarm(1), START + 3_600_000)
  clock.setWall(3_600_000)
  clock.advance(60_000)
  expect(rung).toEqual([[1, 3_660_000]])
  alarms.set(alarm(2), clock.wall() + 10_000)
  clock.setWall(-3_600_000)
  clock.advance(3_600_000)
  expect(rung).toHaveLength(1)
  clock.advance(10_000)
  expect(rung.at(-1)).toEqual([2, 3_670_000])
})

test('one that was set after the clock leapt is not late', () => {
  const { clock, alarms, rung, alarm } = noted()
  alarms.set(alarm(1), START + 100_000)
  clock.setWall(50_000)
  alarms.set(alarm(2), clock.wall() + 1000)
  clock.advance(1000)
  expect(rung).toEqual([[2, 51_000]])
})

test('one that throws does not silence the others', () => {
  const { clock, alarms, rung, alarm } = noted()
  class Faulty extends Alarm {
    override ring(): void {
      throw new Error('a fault of a listener')
    }
  }
  alarms.set(new Faulty(), START + 1000)
  alarms.set(alarm(1), START + 1000)
  expect(() => clock.advance(1000)).toThrow('a fault')
  clock.advance(0)
  expect(rung).toEqual([[1, 1000]])
})
