import { CHAT_KEPT } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { eventsOf, outcomeOf, roomHarness } from '../harness/room-rules'

/** A room with a host and a guest, and a way to write. */
function chatting() {
  const room = roomHarness()
  const ada = room.enter('ada', 'host')
  const bob = room.enter('bob', 'guest')
  const say = (by: string, text: string) => {
    room.ask(by, { type: 'chat.send', text })
    return room.room.messages.at(-1)?.id ?? ''
  }
  const pin = (messageId: string) => room.ask(ada, { type: 'chat.pin', messageId })
  const pinned = () => room.room.pinnedMessages.map(({ text }) => text)
  return { room, ada, bob, say, pin, pinned }
}

test('a moderator pins a message, and takes the pin away', () => {
  const { room, ada, bob, say, pin, pinned } = chatting()
  const messageId = say(bob, 'the talk starts at nine')
  expect(eventsOf(pin(messageId))).toEqual([{ type: 'chat.pinned', messageId }])
  expect(pinned()).toEqual(['the talk starts at nine'])
  expect(eventsOf(pin(messageId))).toEqual([])
  expect(eventsOf(room.ask(ada, { type: 'chat.unpin', messageId }))).toEqual([{ type: 'chat.unpinned', messageId }])
  expect(eventsOf(room.ask(ada, { type: 'chat.unpin', messageId }))).toEqual([])
  expect(pinned()).toEqual([])
})

test('the newest pin is first, and with one too many the oldest pin goes', () => {
  const { bob, say, pin, pinned } = chatting()
  const ids = ['one', 'two', 'three', 'four'].map((text) => say(bob, text))
  for (const id of ids.slice(0, 3)) pin(id)
  expect(pinned()).toEqual(['three', 'two', 'one'])
  expect(eventsOf(pin(ids[3] ?? ''))).toEqual([
    { type: 'chat.unpinned', messageId: ids[0] },
    { type: 'chat.pinned', messageId: ids[3] },
  ])
  expect(pinned()).toEqual(['four', 'three', 'two'])
})

test('a pinned message stays when it leaves the newest ones, but none is pinned that has left them', () => {
  const { bob, say, pin, pinned } = chatting()
  const [kept, gone] = [say(bob, 'kept'), say(bob, 'gone')]
  pin(kept)
  for (let i = 0; i < CHAT_KEPT; i++) say(bob, `message ${i}`)
  expect(pinned()).toEqual(['kept'])
  expect(outcomeOf(pin(gone))).toBe('message_not_found')
})

test('a pinned message that is deleted is not pinned any more, an old one too', () => {
  const { room, ada, bob, say, pin, pinned } = chatting()
  const messageId = say(bob, 'old')
  pin(messageId)
  const message = room.room.messages.find(({ id }) => id === messageId)
  if (message === undefined) throw new Error('the message was sent')
  for (let i = 0; i < CHAT_KEPT; i++) say(bob, `message ${i}`)
  room.ask(ada, { type: 'chat.delete', messageId }, undefined, { message: { message, identity: 'bob' } })
  expect(pinned()).toEqual([])
})

test('what an erased identity wrote is not pinned any more, nor in the chat', () => {
  const { room, bob, say, pin, pinned } = chatting()
  const old = say(bob, 'old')
  pin(old)
  for (let i = 0; i < CHAT_KEPT; i++) say(bob, `message ${i}`)
  const newest = room.room.messages.at(-1)?.id ?? ''
  pin(newest)
  const decision = room.run({ type: 'identity.erase', identity: 'bob', messageIds: new Set([old, newest]) }, null)
  expect(eventsOf(decision).map((event) => ('messageId' in event ? event.messageId : event.type))).toEqual([
    newest,
    old,
    'participant.left',
  ])
  expect(pinned()).toEqual([])
})

test('an erasure takes away an old pin whose author has left, for the archive may not tell whose it is', () => {
  const { room, ada, bob, say, pin, pinned } = chatting()
  pin(say(ada, 'the author stays'))
  pin(say(bob, 'the author leaves'))
  for (let i = 0; i < CHAT_KEPT; i++) say(ada, `message ${i}`)
  room.leave(bob)
  room.run({ type: 'identity.erase', identity: 'bob', messageIds: new Set() }, null)
  expect(pinned()).toEqual(['the author stays'])
})
