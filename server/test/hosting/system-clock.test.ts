import { expect, test } from 'vitest'
import { systemClock } from '../../src/ports/clock'

function setUp() {
  let offset = 1_000_000
  let elapsed = 0
  const clock = systemClock({ wall: () => offset + elapsed, elapsed: () => elapsed })
  return {
    clock,
    setWall: (byMs: number) => {
      offset += byMs
    },
    pass: (ms: number) => {
      elapsed += ms
    },
  }
}

test('it follows the clock on the wall, and what that is set forward', () => {
  const { clock, setWall, pass } = setUp()
  expect(clock.now()).toBe(1_000_000)
  pass(5000)
  expect(clock.now()).toBe(1_005_000)
  setWall(60_000)
  expect(clock.now()).toBe(1_065_000)
})

test('set back, it goes on at half the speed until it is right again', () => {
  const { clock, setWall, pass } = setUp()
  expect(clock.now()).toBe(1_000_000)
  setWall(-60_000)
  expect(clock.now()).toBe(1_000_000)
  pass(20_000)
  expect(clock.now()).toBe(1_010_000)
  pass(40_000)
  expect(clock.now()).toBe(1_030_000)
  pass(60_000)
  expect(clock.now()).toBe(1_060_000)
  pass(1000)
  expect(clock.now()).toBe(1_061_000)
})
