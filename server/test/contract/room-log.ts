import { beforeEach, describe, expect, test } from 'vitest'
import { ENDED_FOR_MS, REPLAY_WINDOW, type RoomLog } from '../../src/ports/log'
import { fold } from '../../src/room'
import { decided, LogWriter } from './log-writer'

const seqs = (events: readonly { seq: number }[] | undefined) => events?.map((each) => each.seq)
const texts = (messages: readonly { text: string }[]) => messages.map((each) => each.text)
const BAN = { id: 'ban-1', identity: 'eve', name: 'Eve', at: 5 }

/** A log of a kind, with the time by which it goes. */
export type OpenedLog = { readonly log: RoomLog; readonly now: () => number; readonly advance: (ms: number) => void }

/** What every log must do. `open` makes an empty one whose time a test can move. */
export function describeRoomLog(name: string, open: () => OpenedLog): void {
  describe(`${name} keeps the contract of a room log`, () => {
    let log: RoomLog
    let advance: (ms: number) => void
    let now: () => number
    const writer = (roomId = 'hall', instance = 'first') => new LogWriter(log, roomId, instance, now)
    /** An open room with Ada in it: two records. */
    const hall = async (roomId?: string, instance?: string) => {
      const room = writer(roomId, instance)
      await room.open()
      await room.join('ada')
      return room
    }
    beforeEach(() => {
      const opened = open()
      log = opened.log
      advance = opened.advance
      now = opened.now
      return () => log.close()
    })

    describe('replay', () => {
      test('gives back what came after a seq, in order', async () => {
        const room = await hall()
        await room.say('ada', 'one', 'two', 'three')
        expect(seqs(await log.since('hall', 'first', 0))).toEqual([1, 2, 3, 4, 5])
        expect(seqs(await log.since('hall', 'first', 3))).toEqual([4, 5])
        expect(seqs(await log.since('hall', 'first', 5))).toEqual([])
      })

      test('never gives back a secret, nor a version [R3.9]', async () => {
        const room = await hall()
        const publicParts = room.records.map(({ seq, at, by, event }) => ({ seq, at, by, event }))
        expect(await log.since('hall', 'first', 0)).toEqual(publicParts)
      })

      test('refuses a second writer: the expected seq must be the last one [R3.11]', async () => {
        const room = await hall()
        const late = writer()
        await expect(late.open()).rejects.toThrow(RangeError)
        const early = {
          roomId: 'hall',
          instance: 'first',
          expectedSeq: 3,
          records: room.records,
          state: room.state as never,
        }
        await expect(log.append(early)).rejects.toThrow(RangeError)
        expect(seqs(await log.since('hall', 'first', 0))).toEqual([1, 2])
      })

      test('keeps rooms and instances apart', async () => {
        await hall()
        await writer('hall', 'second').open()
        await (await hall('other')).say('ada', 'elsewhere')
        expect(seqs(await log.since('hall', 'first', 0))).toEqual([1, 2])
        expect(seqs(await log.since('hall', 'second', 0))).toEqual([1])
        expect(seqs(await log.since('other', 'first', 0))).toEqual([1, 2, 3])
      })

      test('knows nothing of an absent instance, of the future, or of what was forgotten', async () => {
        expect(await log.since('hall', 'first', 0)).toBeUndefined()
        await hall()
        expect(await log.since('hall', 'first', 3)).toBeUndefined()
        await log.forget('hall', 'first')
        expect(await log.since('hall', 'first', 0)).toBeUndefined()
      })

      test('replays the window by count, and no more [R3.5]', async () => {
        const room = await hall()
        const { events } = REPLAY_WINDOW
        for (let i = 0; i < 10; i++) {
          await room.say('ada', ...Array.from({ length: events / 10 + 1 }, (_, n) => `${i}.${n}`))
        }
        expect(await log.since('hall', 'first', room.seq - events)).toHaveLength(events)
        expect(await log.since('hall', 'first', room.seq - events - 1)).toBeUndefined()
      })

      test('replays the window by bytes, and no more [R3.5]', async () => {
        const room = await hall()
        for (let i = 100; i < 400; i++) await room.say('ada', `${i}${'x'.repeat(1000)}`)
        expect(await log.since('hall', 'first', 0)).toBeUndefined()
        const newest = (await log.since('hall', 'first', room.seq - 1)) ?? []
        const most = Math.floor(REPLAY_WINDOW.bytes / JSON.stringify(newest[0]).length)
        expect(await log.since('hall', 'first', room.seq - most)).toHaveLength(most)
        expect(await log.since('hall', 'first', room.seq - most - 1)).toBeUndefined()
      })

      test('replays the window by time, and no more [R3.5]', async () => {
        const room = await hall()
        advance(REPLAY_WINDOW.ms)
        expect(seqs(await log.since('hall', 'first', 0))).toEqual([1, 2])
        await room.say('ada', 'later')
        advance(1)
        expect(await log.since('hall', 'first', 0)).toBeUndefined()
        expect(seqs(await log.since('hall', 'first', 2))).toEqual([3])
      })

      test('takes time as a clock gives it, to the fraction of a millisecond', async () => {
        advance(0.25)
        const room = await hall()
        await room.end('ended')
        const events = (await log.since('hall', 'first', 0)) ?? []
        expect(events.map(({ at }) => at)).toEqual(room.records.map(({ at }) => at))
        expect((await log.load('hall')).endedAt).toBe(room.records.at(-1)?.at)
        expect(Number.isInteger(room.records[0]?.at)).toBe(false)
      })

      test('goes on counting where the window has passed', async () => {
        const room = await hall()
        advance(REPLAY_WINDOW.ms * 2)
        expect(await log.since('hall', 'first', 1)).toBeUndefined()
        await room.say('ada', 'after a long silence')
        expect(seqs(await log.since('hall', 'first', 2))).toEqual([3])
      })
    })

    describe('rooms', () => {
      test('gives back an open room as its last batch left it', async () => {
        const room = await hall()
        await room.say('ada', 'hello')
        expect((await log.load('hall')).state).toEqual(fold(room.records))
        await room.join('bob')
        await room.leave('ada')
        expect((await log.load('hall')).state).toEqual(fold(room.records))
      })

      test('gives it back whole after any number of batches', async () => {
        const room = await hall()
        for (let i = 0; i < 700; i++) await room.say('ada', `message ${i}`)
        expect((await log.load('hall')).state).toEqual(fold(room.records))
      })

      test('names the open rooms, and how many are in each', async () => {
        await hall()
        await writer('empty').open()
        await (await hall('over')).end()
        const rooms = [...(await log.openRooms())].sort((a, b) => (a.roomId < b.roomId ? -1 : 1))
        expect(rooms).toEqual([
          { roomId: 'empty', instance: 'first', participants: 0 },
          { roomId: 'hall', instance: 'first', participants: 1 },
        ])
      })

      test('has no state for a room that it does not know, that has closed, or that was forgotten', async () => {
        expect(await log.load('hall')).toEqual({ bans: [] })
        await (await hall()).end('empty')
        expect(await log.load('hall')).toEqual({ bans: [] })
        await (await hall('other')).say('ada', 'hello')
        await log.forget('other', 'first')
        expect(await log.load('other')).toEqual({ bans: [] })
      })

      test('knows for a minute that a room was ended', async () => {
        const room = await hall()
        await room.end('ended')
        await log.forget('hall', 'first')
        expect(await log.load('hall')).toEqual({ bans: [], endedAt: room.records.at(-1)?.at })
        advance(ENDED_FOR_MS)
        expect(await log.load('hall')).toEqual({ bans: [] })
      })

      test('knows it for a minute of its own too where the room was ahead of it', async () => {
        const room = new LogWriter(log, 'hall', 'first', () => now() + 60 * ENDED_FOR_MS)
        await room.open()
        await room.end('ended')
        expect(await log.load('hall')).toEqual({ bans: [], endedAt: now() })
        advance(ENDED_FOR_MS)
        expect(await log.load('hall')).toEqual({ bans: [] })
      })

      test('keeps bans beyond the instance, until they are lifted [R5.4]', async () => {
        const room = await hall()
        await room.write(
          decided({ type: 'participant.left', participantId: 'p-eve', reason: 'removed' }, null, { banned: BAN }),
        )
        await room.end('empty')
        await log.forget('hall', 'first')
        advance(ENDED_FOR_MS * 100)
        expect((await log.load('hall')).bans).toEqual([BAN])
        const next = writer('hall', 'second')
        await next.open({ bans: [BAN] })
        expect((await log.load('hall')).bans).toEqual([BAN])
        await next.write(decided({ type: 'room.locked' }, null, { unbanned: BAN.id }))
        expect((await log.load('hall')).bans).toEqual([])
      })
    })

    describe('chat', () => {
      test('is read back page by page, the oldest of a page first [R3.14]', async () => {
        const room = await hall()
        for (let i = 1; i <= 5; i++) await room.say('ada', `m${i}`)
        const newest = await log.history('hall', { instance: 'first', limit: 2 })
        expect([texts(newest.messages), newest.hasMore]).toEqual([['m4', 'm5'], true])
        const middle = await log.history('hall', { instance: 'first', limit: 2, before: 'm4' })
        expect([texts(middle.messages), middle.hasMore]).toEqual([['m2', 'm3'], true])
        const oldest = await log.history('hall', { instance: 'first', limit: 2, before: 'm2' })
        expect([texts(oldest.messages), oldest.hasMore]).toEqual([['m1'], false])
        expect(await log.history('hall', { instance: 'first', limit: 2, before: 'unknown' })).toEqual({
          messages: [],
          hasMore: false,
        })
      })

      test('is read back as it was written', async () => {
        const room = await hall()
        await room.say('ada', 'päivää 👋\n\t<b>"\\u0000"</b>')
        const { messages } = await log.history('hall', { instance: 'first', limit: 10 })
        expect(messages).toEqual(room.state?.room.messages)
      })

      test('is read of one instance, or of all [R3.14]', async () => {
        await (await hall()).say('ada', 'first')
        await (await hall('hall', 'second')).say('ada', 'second')
        await (await hall('other')).say('ada', 'elsewhere')
        expect(texts((await log.history('hall', { instance: 'first', limit: 9 })).messages)).toEqual(['first'])
        expect(texts((await log.history('hall', { limit: 9 })).messages)).toEqual(['first', 'second'])
        expect(texts((await log.history('absent', { limit: 9 })).messages)).toEqual([])
      })

      test('gives one message with who wrote it', async () => {
        const room = await hall()
        await room.say('ada', 'mine')
        const kept = await log.message('hall', 'first', 'mine')
        expect(kept).toEqual({ message: room.state?.room.messages[0], identity: 'ada' })
        expect(await log.message('hall', undefined, 'mine')).toEqual(kept)
        expect(await log.message('hall', 'second', 'mine')).toBeUndefined()
        expect(await log.message('other', undefined, 'mine')).toBeUndefined()
        await room.delete('mine')
        expect(await log.message('hall', 'first', 'mine')).toBeUndefined()
        expect(await log.message('hall', undefined, 'mine')).toBeUndefined()
      })

      test('a deleted message is gone from the history, and its text from the replay; its seq stays [R3.10]', async () => {
        const room = await hall()
        await room.say('ada', 'kept', 'regretted')
        await room.delete('regretted')
        expect(texts((await log.history('hall', { instance: 'first', limit: 9 })).messages)).toEqual(['kept'])
        const events = (await log.since('hall', 'first', 0)) ?? []
        expect(seqs(events)).toEqual([1, 2, 3, 4, 5])
        expect(events[3]?.event).toMatchObject({ type: 'chat.sent', message: { id: 'regretted', text: '' } })
        expect((await log.load('hall')).state).toEqual(room.state)
      })

      test('a message deleted in the batch that brought it leaves no text either [R3.10]', async () => {
        const room = await hall()
        const message = { id: 'm', participantId: 'p-ada', name: 'Ada', role: 'host', text: 'oops', at: 1 } as const
        await room.write(
          decided({ type: 'chat.sent', message }, 'p-ada', { author: 'ada' }),
          decided({ type: 'chat.deleted', messageId: 'm' }, 'p-ada'),
        )
        expect(JSON.stringify(await log.since('hall', 'first', 0))).not.toContain('oops')
        expect((await log.history('hall', { limit: 9 })).messages).toEqual([])
      })
    })

    describe('erasure', () => {
      test('erases a room: its chat, its bans, that it ended [R3.15]', async () => {
        const room = await hall()
        await room.write(decided({ type: 'room.locked' }, null, { banned: BAN }))
        await room.say('ada', 'gone')
        await (await hall('other')).say('ada', 'stays')
        await room.end('ended')
        await log.forget('hall', 'first')
        await log.eraseRoom('hall')
        expect(await log.load('hall')).toEqual({ bans: [] })
        expect((await log.history('hall', { limit: 9 })).messages).toEqual([])
        expect(texts((await log.history('other', { limit: 9 })).messages)).toEqual(['stays'])
      })

      test('names and erases what an identity wrote [R3.15]', async () => {
        const room = await hall()
        await room.join('bob')
        await room.say('ada', 'hers')
        await room.say('bob', 'his')
        expect(await log.messagesOf('ada')).toEqual([{ roomId: 'hall', instance: 'first', messageId: 'hers' }])
        await room.delete('hers')
        await room.leave('ada')
        await log.eraseIdentity('ada')
        const replayed = JSON.stringify(await log.since('hall', 'first', 0))
        expect(replayed).not.toContain('"text":"hers"')
        expect(replayed).not.toContain("ada's name")
        expect(replayed).not.toContain('"of":"ada"')
        expect(replayed).toContain("bob's name")
        expect(await log.messagesOf('ada')).toEqual([])
        expect(texts((await log.history('hall', { limit: 9 })).messages)).toEqual(['his'])
        expect((await log.load('hall')).state).toEqual(room.state)
      })
    })

    test('can tell that it is there', async () => {
      await expect(log.probe()).resolves.toBeUndefined()
    })

    test('can be closed twice', async () => {
      await log.close()
      await expect(log.close()).resolves.toBeUndefined()
    })
  })
}
