import { CHAT_KEPT, type ChatHistoryResult } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import { eventsOf, type RoomHarness, roomHarness, typesOf, verdictOf } from './harness'

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
    'of nothing that can be seen is refused: %j',
    (text) => {
      const { room, ada } = talk(0)
      expect(verdictOf(room.ask(ada, { type: 'chat.send', text }))).toBe('invalid')
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
    expect(verdictOf(remove(viewer, first))).toBe('forbidden')
    expect(typesOf(remove(ada, first))).toEqual(['chat.deleted'])
    expect(typesOf(remove(cohost, second))).toEqual(['chat.deleted'])
    expect(room.room.messages).toEqual([])
    expect(verdictOf(remove(viewer, first))).toBe('message_not_found')
  })
})

describe('history', () => {
  const ask = (room: RoomHarness, by: string, query: { before?: string; limit?: number }): ChatHistoryResult => {
    const decision = room.ask(by, { type: 'chat.history', ...query })
    if (!('events' in decision) || decision.result === undefined || 'bans' in decision.result)
      throw new Error('no result')
    expect(decision.events).toEqual([])
    return decision.result
  }

  test('pages back to the beginning, every message once and in order', () => {
    const { room, ada } = talk(70)
    const newest = ask(room, ada, {})
    expect(newest.messages).toHaveLength(50)
    expect(newest.hasMore).toBe(true)
    const older = ask(room, ada, { before: newest.messages[0]?.id ?? '', limit: 100 })
    expect(older.hasMore).toBe(false)
    expect([...older.messages, ...newest.messages]).toEqual(room.room.messages)
  })

  test('before what is not kept any more there is nothing', () => {
    const { room, ada } = talk(3)
    expect(ask(room, ada, { before: 'gone' })).toEqual({ messages: [], hasMore: false })
  })

  test('an exact page has no more', () => {
    const { room, ada } = talk(3)
    expect(ask(room, ada, { limit: 3 }).hasMore).toBe(false)
    expect(ask(room, ada, { limit: 2 }).hasMore).toBe(true)
  })
})
