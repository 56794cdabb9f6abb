import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { demoHouse } from '../harness/browser/demo-house'

const BOT = fileURLToPath(new URL('../../../examples/node-bot/index.js', import.meta.url))
const house = demoHouse()

let bot: ChildProcess | undefined
afterEach(() => {
  if (bot && bot.exitCode === null && bot.signalCode === null) bot.kill('SIGKILL')
})

test('the bot in Node is seen, greets, answers, and leaves without a crash', async () => {
  bot = spawn(process.execPath, [BOT, house.server.url, house.room, 'Robin'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(bot, 'exit')
  const started = once(bot.stdout ?? bot, 'data')
  let complaints = ''
  bot.stderr?.on('data', (text) => {
    complaints += text
  })
  await Promise.race([started, exited])
  expect(complaints).toBe('')

  const ada = await house.join({ name: 'Ada' })
  await ada.message('Hello Ada!').waitFor()
  await ada.seesMoving('Robin')
  await ada.say('ping')
  await ada.message('pong').waitFor()

  bot.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  await ada.tile('Robin').waitFor({ state: 'detached' })
  expect(complaints).toBe('')
})
