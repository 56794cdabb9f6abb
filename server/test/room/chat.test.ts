import { CHAT_KEPT, reject } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { eventsOf, outcomeOf, type RoomHarness, roomHarness, typesOf } from '../harness/room-rules'

function talk(count: number) {
  const room = roomHarness()
  const ada = room.enter('ada', 'guest', { name: 'Ada' })
  for (let i = 1; i <= count; i++) room.ask(ada, { type: 'chat.send', text: `message ${i}` })
  return { room, ada }
}

const textsIn = (room: RoomHarness) => room.room.messages.map(({ text }) => text)

describe('a message', () => {
  test('keeps name and role that its sender had', () => {
    const { room, ada } = talk(0)
    const [event] = eventsOf(room.ask(ada, { type: 'chat.send', text: 'hello' }))
    expect(event).toMatchObject({
      type: 'chat.sent',
      message: { participantId: ada, name: 'Ada', role: 'guest', text: 'hello', at: room.now },
    })
    room.enter('host', 'host')
    room.leave(ada)
    expect(room.room.messages).toMatchObject([{ name: 'Ada', role: 'guest' }])
  })

  test.each(['   ', '\n\t', '\u0000\u0007', '\u200b\u200d', '\u202e\u2066', '\u3164'])(
    'of nothing that can be seen is rejected: %j',
    (text) => {
      const { room, ada } = talk(0)
      expect(outcomeOf(room.ask(ada, { type: 'chat.send', text }))).toBe('invalid')
    },
  )

  test.each([
    ['two\r\nlines\rand\ttabs', 'two\nlines\nand\ttabs'],
    ['a\u0000b\u001b[31mc\u0085', 'ab[31mc'],
    ['lone \ud83d half', 'lone \ufffd half'],
    ['<b>javascript:alert(1)</b>', '<b>javascript:alert(1)</b>'],
    ['\u200fשלום\u200f', '\u200fשלום\u200f'],
    ['👩‍🚀', '👩‍🚀'],
  ])('is plain text without controls: %j', (text, kept) => {
    const { room, ada } = talk(0)
    room.ask(ada, { type: 'chat.send', text })
    expect(textsIn(room)).toEqual([kept])
  })

  test('a room keeps the newest', () => {
    const { room } = talk(CHAT_KEPT + 5)
    expect(textsIn(room)).toHaveLength(CHAT_KEPT)
    expect(textsIn(room)[0]).toBe('message 6')
  })
})

describe('deleting', () => {
  test('is for the writer, and for moderators', () => {
    const { room, ada } = talk(2)
    const [first, second] = room.room.messages.map(({ id }) => id)
    const viewer = room.enter('viewer')
    const cohost = room.enter('cohost', 'cohost')
    const remove = (by: string, messageId = '') => room.ask(by, { type: 'chat.delete', messageId })
    expect(outcomeOf(remove(viewer, first))).toBe('forbidden')
    expect(typesOf(remove(ada, first))).toEqual(['chat.deleted'])
    expect(typesOf(remove(cohost, second))).toEqual(['chat.deleted'])
    expect(room.room.messages).toEqual([])
    expect(outcomeOf(remove(viewer, first))).toBe('message_not_found')
  })
})

describe('what the log has', () => {
  const old = (author: string) => ({
    message: { id: 'old', participantId: 'p', name: 'x', role: 'guest', text: 'long ago', at: 1 } as const,
    identity: author,
  })
  const logFailure = reject('unavailable', 'The log cannot be read.', 1000)

  test('is the page of a query, which writes nothing', () => {
    const { room, ada } = talk(1)
    const history = { messages: [old('ada').message], hasMore: true }
    expect(room.ask(ada, { type: 'chat.history' }, undefined, { history })).toEqual({
      ok: true,
      events: [],
      result: history,
    })
    expect(room.ask(ada, { type: 'chat.history' })).toEqual({
      ok: true,
      events: [],
      result: { messages: [], hasMore: false },
    })
    expect(outcomeOf(room.ask(ada, { type: 'chat.history' }, undefined, { logFailure }))).toBe('unavailable')
  })

  test('can be deleted by moderators, though the room keeps it no more', () => {
    const { room, ada } = talk(1)
    const cohost = room.enter('cohost', 'cohost')
    const remove = (by: string, looked: Parameters<RoomHarness['ask']>[3]) =>
      room.ask(by, { type: 'chat.delete', messageId: 'old' }, undefined, looked)
    expect(outcomeOf(remove(ada, { message: old('bob') }))).toBe('forbidden')
    expect(typesOf(remove(cohost, { message: old('bob') }))).toEqual(['chat.deleted'])
    expect(outcomeOf(remove(cohost, {}))).toBe('message_not_found')
  })

  test('need not be read for a message that the room keeps', () => {
    const { room, ada } = talk(1)
    const [kept] = room.room.messages
    const remove = (messageId = '') => room.ask(ada, { type: 'chat.delete', messageId }, undefined, { logFailure })
    expect(outcomeOf(remove('old'))).toBe('unavailable')
    expect(typesOf(remove(kept?.id))).toEqual(['chat.deleted'])
  })
})

test('what an identity wrote goes, and itself with it; a host is succeeded', () => {
  const room = roomHarness()
  const ada = room.enter('ada', 'host')
  const bob = room.enter('bob', 'cohost')
  for (const text of ['one', 'two']) room.ask(ada, { type: 'chat.send', text })
  room.ask(bob, { type: 'chat.send', text: 'mine' })
  const messageIds = room.room.messages.slice(0, 2).map(({ id }) => id)
  const erase = (ids: string[]) => room.run({ type: 'identity.erase', identity: 'ada', messageIds: new Set(ids) })
  expect(typesOf(erase(messageIds))).toEqual([
    'chat.deleted',
    'chat.deleted',
    'participant.left',
    'participant.roleChanged',
  ])
  expect(textsIn(room)).toEqual(['mine'])
  expect(room.roleOf(bob)).toBe('host')
  expect(erase([])).toEqual({ ok: true, events: [] })
})
