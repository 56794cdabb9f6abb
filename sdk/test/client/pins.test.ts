import { afterEach, expect, test } from 'vitest'
import { RoomHouse } from '../harness/room-house'

let house: RoomHouse
afterEach(() => house.close())

test('a host pins messages: all see them, the newest pin first, until they are unpinned or deleted', async () => {
  house = new RoomHouse()
  const [ada, ben] = [await house.client('Ada'), await house.client('Ben')]
  await ada.join()
  await ben.join()
  const told: string[] = []
  ben.on('messagePinned', ({ message, by }) => told.push(`pinned ${message.text} by ${by === ada.state.self?.id}`))
  ben.on('messageUnpinned', ({ messageId }) => told.push(`unpinned ${messageId === first?.id ? 'first' : 'second'}`))
  await ben.chat.send('first')
  await ben.chat.send('second')
  const [first, second] = ben.state.messages
  if (first === undefined || second === undefined) throw new Error('two messages were sent')
  await ada.chat.pin(first.id)
  await ada.chat.pin(second.id)
  expect(ada.state.pinnedMessages).toEqual([second, first])
  await expect.poll(() => ben.state.pinnedMessages).toEqual([second, first])
  await ada.chat.unpin(first.id)
  await ben.chat.delete(second.id)
  await expect.poll(() => [ada.state.pinnedMessages, ben.state.pinnedMessages]).toEqual([[], []])
  expect(told).toEqual(['pinned first by true', 'pinned second by true', 'unpinned first', 'unpinned second'])
})

test('a guest pins nothing, and what is no message is rejected', async () => {
  house = new RoomHouse()
  const [ada, ben] = [await house.client('Ada'), await house.client('Ben')]
  await ada.join()
  await ben.join()
  await ben.chat.send('mine')
  await expect(ben.chat.pin(ben.state.messages[0]?.id ?? '')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(ada.chat.pin('none')).rejects.toMatchObject({ code: 'message_not_found' })
  await expect(ada.chat.pin(7 as never)).rejects.toMatchObject({ code: 'invalid' })
})
