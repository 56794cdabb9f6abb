import { describe, expect, test } from 'vitest'
import { ENDED_FOR_MS, REPLAY_WINDOW } from '../../src/ports/event-log'
import { encodeRecord, fold } from '../../src/room/fold'
import { decided, LogWriter } from './log-writer'
import { BAN, type OpenedLog, seqs, useLog } from './opened-log'

/** What every event log must do. `open` makes an empty one whose time a test can move. */
export function describeEventLog(name: string, open: () => OpenedLog): void {
  describe(`${name} keeps the contract of an event log`, () => {
    const opened = useLog(open)
    const { advance, hall, now, writer } = opened

    describe('replay', () => {
      test('gives back what came after a seq, in order', async () => {
        const room = await hall()
        await room.say('ada', 'one', 'two', 'three')
        expect(seqs(await opened.log.since('hall', 'first', 0))).toEqual([1, 2, 3, 4, 5])
        expect(seqs(await opened.log.since('hall', 'first', 3))).toEqual([4, 5])
        expect(seqs(await opened.log.since('hall', 'first', 5))).toEqual([])
      })

      test('never gives back a secret, nor a version [R3.9]', async () => {
        const room = await hall()
        const publicParts = room.records.map(({ seq, at, by, event }) => ({ seq, at, by, event }))
        expect(await opened.log.since('hall', 'first', 0)).toEqual(publicParts)
      })

      test('rejects a second writer: the expected seq must be the last one [R3.11]', async () => {
        const room = await hall()
        const late = writer()
        await expect(late.open()).rejects.toThrow(RangeError)
        const early = {
          roomId: 'hall',
          instance: 'first',
          expectedSeq: 3,
          records: room.records,
          encoded: room.records.map(encodeRecord),
          state: room.state as never,
        }
        await expect(opened.log.append(early)).rejects.toThrow(RangeError)
        const notEncoded = { ...early, expectedSeq: 2, encoded: [] }
        await expect(opened.log.append(notEncoded)).rejects.toThrow(RangeError)
        expect(seqs(await opened.log.since('hall', 'first', 0))).toEqual([1, 2])
      })

      test('keeps rooms and instances apart', async () => {
        await hall()
        await writer('hall', 'second').open()
        await (await hall('other')).say('ada', 'elsewhere')
        expect(seqs(await opened.log.since('hall', 'first', 0))).toEqual([1, 2])
        expect(seqs(await opened.log.since('hall', 'second', 0))).toEqual([1])
        expect(seqs(await opened.log.since('other', 'first', 0))).toEqual([1, 2, 3])
      })

      test('knows nothing of an absent instance, of the future, or of what was forgotten', async () => {
        expect(await opened.log.since('hall', 'first', 0)).toBeUndefined()
        await hall()
        expect(await opened.log.since('hall', 'first', 3)).toBeUndefined()
        await opened.log.forget('hall', 'first')
        expect(await opened.log.since('hall', 'first', 0)).toBeUndefined()
      })

      test('replays the window by count, and no more [R3.5]', async () => {
        const room = await hall()
        const { events } = REPLAY_WINDOW
        for (let i = 0; i < 10; i++) {
          await room.say('ada', ...Array.from({ length: events / 10 + 1 }, (_, n) => `${i}.${n}`))
        }
        expect(await opened.log.since('hall', 'first', room.seq - events)).toHaveLength(events)
        expect(await opened.log.since('hall', 'first', room.seq - events - 1)).toBeUndefined()
      })

      test('replays the window by bytes, and no more [R3.5]', async () => {
        const room = await hall()
        for (let i = 100; i < 400; i++) await room.say('ada', `${i}${'x'.repeat(1000)}`)
        expect(await opened.log.since('hall', 'first', 0)).toBeUndefined()
        const newest = (await opened.log.since('hall', 'first', room.seq - 1)) ?? []
        const most = Math.floor(REPLAY_WINDOW.bytes / JSON.stringify(newest[0]).length)
        expect(await opened.log.since('hall', 'first', room.seq - most)).toHaveLength(most)
        expect(await opened.log.since('hall', 'first', room.seq - most - 1)).toBeUndefined()
      })

      test('replays the window by time, and no more [R3.5]', async () => {
        const room = await hall()
        advance(REPLAY_WINDOW.ms)
        expect(seqs(await opened.log.since('hall', 'first', 0))).toEqual([1, 2])
        await room.say('ada', 'later')
        advance(1)
        expect(await opened.log.since('hall', 'first', 0)).toBeUndefined()
        expect(seqs(await opened.log.since('hall', 'first', 2))).toEqual([3])
      })

      test('takes time as a clock gives it, to the fraction of a millisecond', async () => {
        advance(0.25)
        const room = await hall()
        await room.end('ended')
        const events = (await opened.log.since('hall', 'first', 0)) ?? []
        expect(events.map(({ at }) => at)).toEqual(room.records.map(({ at }) => at))
        expect((await opened.log.load('hall')).endedAt).toBe(room.records.at(-1)?.at)
        expect(Number.isInteger(room.records[0]?.at)).toBe(false)
      })

      test('goes on counting where the window has passed', async () => {
        const room = await hall()
        advance(REPLAY_WINDOW.ms * 2)
        expect(await opened.log.since('hall', 'first', 1)).toBeUndefined()
        await room.say('ada', 'after a long silence')
        expect(seqs(await opened.log.since('hall', 'first', 2))).toEqual([3])
      })
    })

    describe('rooms', () => {
      test('gives back an open room as its last batch left it', async () => {
        const room = await hall()
        await room.say('ada', 'hello')
        expect((await opened.log.load('hall')).state).toEqual(fold(room.records))
        await room.join('bob')
        await room.leave('ada')
        expect((await opened.log.load('hall')).state).toEqual(fold(room.records))
      })

      test('gives it back whole after any number of batches', async () => {
        const room = await hall()
        for (let i = 0; i < 700; i++) await room.say('ada', `message ${i}`)
        expect((await opened.log.load('hall')).state).toEqual(fold(room.records))
      })

      test('names the open rooms, and how many are in each', async () => {
        await hall()
        await writer('empty').open()
        await (await hall('over')).end()
        const rooms = [...(await opened.log.openRooms())].sort((a, b) => (a.roomId < b.roomId ? -1 : 1))
        expect(rooms).toEqual([
          { roomId: 'empty', instance: 'first', participants: 0 },
          { roomId: 'hall', instance: 'first', participants: 1 },
        ])
      })

      test('has no state for a room that it does not know, that has closed, or that was forgotten', async () => {
        expect(await opened.log.load('hall')).toEqual({ bans: [] })
        await (await hall()).end('empty')
        expect(await opened.log.load('hall')).toEqual({ bans: [] })
        await (await hall('other')).say('ada', 'hello')
        await opened.log.forget('other', 'first')
        expect(await opened.log.load('other')).toEqual({ bans: [] })
      })

      test('knows for a minute that a room was ended', async () => {
        const room = await hall()
        await room.end('ended')
        await opened.log.forget('hall', 'first')
        expect(await opened.log.load('hall')).toEqual({ bans: [], endedAt: room.records.at(-1)?.at })
        advance(ENDED_FOR_MS)
        expect(await opened.log.load('hall')).toEqual({ bans: [] })
      })

      test('knows it for a minute of its own too where the room was ahead of it', async () => {
        const room = new LogWriter(opened.log, 'hall', 'first', () => now() + 60 * ENDED_FOR_MS)
        await room.open()
        await room.end('ended')
        expect(await opened.log.load('hall')).toEqual({ bans: [], endedAt: now() })
        advance(ENDED_FOR_MS)
        expect(await opened.log.load('hall')).toEqual({ bans: [] })
      })

      test('keeps bans beyond the instance, until they are lifted [R5.4]', async () => {
        const room = await hall()
        await room.write(
          decided({ type: 'participant.left', participantId: 'p-eve', reason: 'removed' }, null, { banned: BAN }),
        )
        await room.end('empty')
        await opened.log.forget('hall', 'first')
        advance(ENDED_FOR_MS * 100)
        expect((await opened.log.load('hall')).bans).toEqual([BAN])
        const next = writer('hall', 'second')
        await next.open({ bans: [BAN] })
        expect((await opened.log.load('hall')).bans).toEqual([BAN])
        await next.write(decided({ type: 'room.locked' }, null, { unbanned: BAN.id }))
        expect((await opened.log.load('hall')).bans).toEqual([])
      })
    })

    test('can tell that it is there', async () => {
      await expect(opened.log.probe()).resolves.toBeUndefined()
    })

    test('can be closed twice', async () => {
      await opened.log.close()
      await expect(opened.log.close()).resolves.toBeUndefined()
    })
  })
}
