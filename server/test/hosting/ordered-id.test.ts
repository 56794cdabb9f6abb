import { nanoid } from 'nanoid'
import { expect, test } from 'vitest'
import { orderedIds } from '../../src/ports/event-log'
import { FakeClock } from '../harness/fake-clock'

test('ids sort by the time when they were made, and differ within one millisecond', () => {
  const clock = new FakeClock()
  const newId = orderedIds(clock, nanoid)
  const groups = Array.from({ length: 50 }, (_, i) => {
    const group = Array.from({ length: 20 }, () => newId())
    clock.advance(i * i * 40_000 + 1)
    return group
  })
  const ids = groups.flat()
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(ids.map((id) => id.length))).toEqual(new Set([21]))
  const sorted = [...ids].sort()
  expect(groups.map((group) => [...group].sort())).toEqual(groups.map((_, i) => sorted.slice(i * 20, i * 20 + 20)))
})
