import fc from 'fast-check'
import { expect, test } from 'vitest'
import { share } from '../../src/state/structural-sharing'

test('equal values keep the identity of the previous one, at every depth; what is shared is equal to the next', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (anything, b) => {
      // JSON knows no -0.
      const a = JSON.parse(JSON.stringify(anything))
      const copy = structuredClone(a)
      expect(share(a, copy)).toBe(a)
      expect(share(a, b)).toStrictEqual(b)
    }),
  )
})

test('what did not change keeps its identity beside what did', () => {
  const before = { a: { deep: [1, 2] }, b: { x: 1 } }
  const after = share(before, { a: { deep: [1, 2] }, b: { x: 2 } })
  expect(after).not.toBe(before)
  expect(after.a).toBe(before.a)
})

test('what is no plain object or array is itself', () => {
  class Track {
    id = 1
  }
  const next = new Track()
  expect(share(new Track(), next)).toBe(next)
})

test('items of a list are told apart by id, wherever they stand', () => {
  const before = [{ id: 'a' }, { id: 'b' }, { id: 'c' }]
  const after = share(before, [{ id: 'c' }, { id: 'b' }])
  expect(after[0]).toBe(before[2])
  expect(after[1]).toBe(before[1])
})
