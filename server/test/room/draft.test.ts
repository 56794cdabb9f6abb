// A batch changes its own copy of a map in place; what was published before it stays as it is.
import { expect, test } from 'vitest'
import { Draft } from '../../src/room/ledger'

const PUBLISHED: ReadonlyMap<string, number> = new Map([['ada', 1]])

test('a map that was published is copied before it is changed, once for a draft', () => {
  const draft = new Draft()
  const first = draft.put(PUBLISHED, 'bob', 2)
  expect(draft.put(first, 'ada', 3)).toBe(first)
  expect([...first]).toEqual([
    ['ada', 3],
    ['bob', 2],
  ])
  expect([...PUBLISHED]).toEqual([['ada', 1]])
})

test('what another draft made counts as published', () => {
  const made = new Draft().put(PUBLISHED, 'bob', 2)
  const next = new Draft().put(made, 'bob', 3)
  expect(made.get('bob')).toBe(2)
  expect(next.get('bob')).toBe(3)
})
