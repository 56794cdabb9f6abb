import { expect, test } from 'vitest'
import { ChatCooldowns } from '../../src/gateway/limits/message-budget'

const KEYS = ['ada', 'bob', 'cy', 'dee']

/** How long each of them still cooldowns. */
const left = (cooldowns: ChatCooldowns, now: number) => KEYS.map((key) => cooldowns.left(key, now))

test('there are at most so many cooldowns: the one begun first gives way [R7.8]', () => {
  const cooldowns = new ChatCooldowns(2)
  for (const key of KEYS) cooldowns.begin(key, 0, 1000)
  expect(left(cooldowns, 0)).toEqual([0, 0, 1000, 1000])
})

test('a pause that begins anew counts as the newest', () => {
  const cooldowns = new ChatCooldowns(2)
  for (const key of ['ada', 'bob', 'ada', 'cy']) cooldowns.begin(key, 0, 1000)
  expect(left(cooldowns, 0)).toEqual([1000, 0, 1000, 0])
})

test('within the bound each lasts its time, however many others are over', () => {
  const cooldowns = new ChatCooldowns(4)
  KEYS.forEach((key, i) => {
    cooldowns.begin(key, 0, i * 1000)
  })
  expect(left(cooldowns, 1500)).toEqual([0, 0, 500, 1500])
  cooldowns.begin('ada', 2500, 1000)
  expect(left(cooldowns, 2500)).toEqual([1000, 0, 0, 500])
})
