import { ANSWERED_COMMANDS_KEPT } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { ON, outcomeOf, roomHarness } from '../harness/room-rules'

const hello = { type: 'chat.send', text: 'hello' } as const

test('a command that comes again is answered with the seq it had, and does nothing [R3.6]', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  room.ask(ada, hello, 1)
  const seq = room.room.seq
  room.ask(ada, { ...hello, text: 'more' }, 2)
  expect(room.ask(ada, hello, 1)).toEqual({ ok: true, events: [], answeredSeq: seq })
  expect(room.room.messages).toHaveLength(2)
})

test('the seq of a command with several events is that of the last', () => {
  const room = roomHarness()
  const host = room.enter('host', 'host')
  const guest = room.enter('guest', 'guest')
  room.ask(guest, { type: 'media.update', sources: { camera: ON } })
  const demote = { type: 'moderation.setRole', participantId: guest, role: 'viewer' } as const
  room.ask(host, demote, 7)
  expect(room.ask(host, demote, 7)).toEqual({ ok: true, events: [], answeredSeq: room.room.seq })
})

test('ids are counted for each session: the same id of another session is another command', () => {
  const room = roomHarness()
  room.ask(room.enter('ada'), hello, 1)
  room.ask(room.enter('bob'), hello, 1)
  expect(room.room.messages).toHaveLength(2)
})

test('a rejection is not kept: the same command is decided again [R3.7]', () => {
  const room = roomHarness()
  const host = room.enter('host', 'host')
  const ada = room.enter('ada')
  expect(outcomeOf(room.ask(ada, { type: 'moderation.lock' }, 1))).toBe('forbidden')
  room.ask(host, { type: 'moderation.setRole', participantId: ada, role: 'cohost' })
  room.ask(ada, { type: 'moderation.lock' }, 1)
  expect(room.room.locked).toBe(true)
})

test('a new page of the session goes on with its ids, a new session starts anew', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  room.ask(ada, hello, 5)
  const seq = room.room.seq
  room.join('ada', { joinId: 'page-two' })
  expect(room.state.ledger.sessions.get(ada)?.lastCommandId).toBe(5)
  expect(room.ask(ada, hello, 5)).toEqual({ ok: true, events: [], answeredSeq: seq })
  room.join('ada', { session: 'another-session' })
  expect(room.state.ledger.sessions.get(ada)?.lastCommandId).toBe(0)
  room.ask(ada, hello, 5)
  expect(room.room.messages).toHaveLength(2)
})

test('an answer that was lost as the room ended can still be had', () => {
  const room = roomHarness()
  const host = room.enter('host', 'host')
  room.ask(host, { type: 'moderation.endRoom' }, 3)
  expect(room.ask(host, { type: 'moderation.endRoom' }, 3)).toEqual({
    ok: true,
    events: [],
    answeredSeq: room.room.seq,
  })
})

test('the ledger keeps the newest answers only [R3.6]', () => {
  const room = roomHarness()
  const ada = room.enter('ada')
  for (let id = 1; id <= ANSWERED_COMMANDS_KEPT + 1; id++) room.ask(ada, hello, id)
  const answered = room.state.ledger.sessions.get(ada)?.answered
  const newest = Array.from({ length: ANSWERED_COMMANDS_KEPT }, (_, i) => i + 2)
  expect(answered?.map(([id]) => id)).toEqual(newest)
})
