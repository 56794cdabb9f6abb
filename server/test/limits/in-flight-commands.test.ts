import { expect, test } from 'vitest'
import { InFlightCommands } from '../../src/gateway/limits/in-flight-commands'

const LIMIT = 4

/** A socket that is read or not, and turns that come when the test says so. */
function counted() {
  const turns: (() => void)[] = []
  let isRead = true
  const socket = {
    pause: () => {
      isRead = false
    },
    resume: () => {
      isRead = true
    },
  }
  let onResumed = () => {}
  const nextTurn = (callback: () => void) => void turns.push(callback)
  const commands = new InFlightCommands(socket, LIMIT, { nextTurn }, () => onResumed())
  const ask = (times: number) => {
    for (let i = 0; i < times; i++) commands.started()
  }
  const answer = (times: number) => {
    for (let i = 0; i < times; i++) commands.finished()
  }
  const turn = () => {
    for (const callback of turns.splice(0)) callback()
  }
  const whenResumed = (callback: () => void) => {
    onResumed = callback
  }
  return { whenResumed, ask, answer, turn, isRead: () => isRead }
}

test('twice the limit unanswered: the socket is not read until no more than the limit are, and then in a turn of its own [R7.7]', () => {
  const { ask, answer, turn, isRead } = counted()
  ask(2 * LIMIT - 1)
  expect(isRead()).toBe(true)
  ask(1)
  expect(isRead()).toBe(false)
  answer(LIMIT - 1)
  turn()
  expect(isRead()).toBe(false)
  answer(1)
  expect(isRead()).toBe(false)
  turn()
  expect(isRead()).toBe(true)
})

test('who asks as much again once it is read is not read again, however many replies had come at once [R7.7]', () => {
  const { whenResumed, ask, answer, turn, isRead } = counted()
  let resumed = 0
  whenResumed(() => {
    resumed++
    ask(2 * LIMIT)
  })
  ask(2 * LIMIT)
  answer(2 * LIMIT)
  turn()
  expect(resumed).toBe(1)
  expect(isRead()).toBe(false)
  answer(LIMIT)
  turn()
  expect(resumed).toBe(2)
})
