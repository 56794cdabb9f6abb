import { expect, test } from 'vitest'
import { ChatCooldowns } from '../../src/gateway/limits/chat-cooldown'

const KEYS = ['ada', 'bob', 'cy', 'dee']

/** How long each of them still pauses. */
const left = (pauses: ChatCooldowns, now: number) => KEYS.map((key) => pauses.left(key, now))

test('there are at most so many pauses: the one begun first gives way [R7.8]', () => {
  const pauses = new ChatCooldowns(2)
  for (const key of KEYS) pauses.begin(key, 0, 1000)
  expect(left(pauses, 0)).toEqual([0, 0, 1000, 1000])
})

test('a pause that begins anew counts as the newest', () => {
  const pauses = new ChatCooldowns(2)
  for (const key of ['ada', 'bob', 'ada', 'cy']) pauses.begin(key, 0, 1000)
  expect(left(pauses, 0)).toEqual([1000, 0, 1000, 0])
})

test('within the bound each lasts its time, however many others are over', () => {
  const pauses = new ChatCooldowns(4)
  KEYS.forEach((key, i) => {
    pauses.begin(key, 0, i * 1000)
  })
  expect(left(pauses, 1500)).toEqual([0, 0, 500, 1500])
  pauses.begin('ada', 2500, 1000)
  expect(left(pauses, 2500)).toEqual([1000, 0, 0, 500])
})
