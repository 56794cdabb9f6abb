import { afterEach, expect, test } from 'vitest'
import { RoomHouse } from '../fakes/room-house'

const house = new RoomHouse()
afterEach(() => house.close())

test('two join and chat: each finds the message in its state, the author when its promise resolves', async () => {
  const ada = await house.join('Ada')
  const ben = await house.join('Ben')
  await ada.chat.send('hello')
  expect(ada.state.messages.map(({ text }) => text)).toEqual(['hello'])
  await expect.poll(() => ben.state.messages.map(({ text, name }) => [name, text])).toEqual([['Ada', 'hello']])
})
