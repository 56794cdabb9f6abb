import { beforeEach, describe, expect, test } from 'vitest'
import { REPLAY_WINDOW, type RoomLog } from '../../src/hosting/ports'
import type { StoredRecord } from '../../src/room/index'

const ROOM = 'hall'
const INSTANCE = 'first'
const SECRET = { session: { identity: 'ada', hash: 'hash', page: 'page', tokenRole: 'host' } } as const

/** Chat of a given length, for it is the event that can be long. */
const record = (seq: number, text = `message ${seq}`): StoredRecord => ({
  seq,
  at: 1000 + seq,
  by: 'p1',
  v: 1,
  event: {
    type: 'chat.sent',
    message: { id: `m${seq}`, participantId: 'p1', name: 'Ada', role: 'host', text, at: 1000 + seq },
  },
})

const records = (from: number, to: number, text?: string): StoredRecord[] =>
  Array.from({ length: to - from + 1 }, (_, i) => record(from + i, text))

const seqs = (events: readonly { seq: number }[] | undefined) => events?.map((each) => each.seq)

/** What every log must do. `open` makes an empty one whose time a test can move. */
export function describeRoomLog(name: string, open: () => { log: RoomLog; advance: (ms: number) => void }): void {
  describe(`${name} keeps the contract of a room log`, () => {
    let log: RoomLog
    let advance: (ms: number) => void
    beforeEach(() => {
      const opened = open()
      log = opened.log
      advance = opened.advance
      return () => log.close()
    })

    test('gives back what came after a seq, in order', async () => {
      await log.append(ROOM, INSTANCE, 0, records(1, 3))
      await log.append(ROOM, INSTANCE, 3, records(4, 5))
      expect(seqs(await log.since(ROOM, INSTANCE, 0))).toEqual([1, 2, 3, 4, 5])
      expect(seqs(await log.since(ROOM, INSTANCE, 3))).toEqual([4, 5])
      expect(seqs(await log.since(ROOM, INSTANCE, 5))).toEqual([])
    })

    test('never gives back a secret, nor a version', async () => {
      await log.append(ROOM, INSTANCE, 0, [{ ...record(1), secret: SECRET }])
      const { seq, at, by, event } = record(1)
      expect(await log.since(ROOM, INSTANCE, 0)).toEqual([{ seq, at, by, event }])
    })

    test('refuses a second writer: the expected seq must be the last one', async () => {
      await log.append(ROOM, INSTANCE, 0, records(1, 2))
      await expect(log.append(ROOM, INSTANCE, 1, records(2, 2))).rejects.toThrow(RangeError)
      await expect(log.append(ROOM, INSTANCE, 3, records(4, 4))).rejects.toThrow(RangeError)
      expect(seqs(await log.since(ROOM, INSTANCE, 0))).toEqual([1, 2])
    })

    test('keeps rooms and instances apart', async () => {
      await log.append(ROOM, INSTANCE, 0, records(1, 2))
      await log.append(ROOM, 'second', 0, records(1, 1))
      await log.append('other', INSTANCE, 0, records(1, 3))
      expect(seqs(await log.since(ROOM, INSTANCE, 0))).toEqual([1, 2])
      expect(seqs(await log.since(ROOM, 'second', 0))).toEqual([1])
      expect(seqs(await log.since('other', INSTANCE, 0))).toEqual([1, 2, 3])
    })

    test('knows nothing of an absent instance, of the future, or of what was forgotten', async () => {
      expect(await log.since(ROOM, INSTANCE, 0)).toBeUndefined()
      await log.append(ROOM, INSTANCE, 0, records(1, 1))
      expect(await log.since(ROOM, INSTANCE, 2)).toBeUndefined()
      await log.forget(ROOM, INSTANCE)
      expect(await log.since(ROOM, INSTANCE, 0)).toBeUndefined()
    })

    test('replays at least the window by count', async () => {
      const { events } = REPLAY_WINDOW
      await log.append(ROOM, INSTANCE, 0, records(1, events + 10))
      expect(await log.since(ROOM, INSTANCE, 10)).toHaveLength(events)
      expect(await log.since(ROOM, INSTANCE, 9)).toBeUndefined()
    })

    test('replays at most the window by bytes', async () => {
      const text = 'x'.repeat(1000)
      await log.append(ROOM, INSTANCE, 0, records(1, 300, text))
      expect(await log.since(ROOM, INSTANCE, 0)).toBeUndefined()
      const kept = (await log.since(ROOM, INSTANCE, 299)) ?? []
      expect(seqs(kept)).toEqual([300])
      const most = Math.floor(REPLAY_WINDOW.bytes / JSON.stringify(kept[0]).length)
      expect(await log.since(ROOM, INSTANCE, 300 - most)).toHaveLength(most)
      expect(await log.since(ROOM, INSTANCE, 300 - most - 1)).toBeUndefined()
    })

    test('replays at most the window by time', async () => {
      await log.append(ROOM, INSTANCE, 0, records(1, 2))
      advance(REPLAY_WINDOW.ms)
      expect(seqs(await log.since(ROOM, INSTANCE, 0))).toEqual([1, 2])
      await log.append(ROOM, INSTANCE, 2, records(3, 3))
      advance(1)
      expect(await log.since(ROOM, INSTANCE, 0)).toBeUndefined()
      expect(seqs(await log.since(ROOM, INSTANCE, 2))).toEqual([3])
    })

    test('goes on counting where the window has passed', async () => {
      await log.append(ROOM, INSTANCE, 0, records(1, 2))
      advance(REPLAY_WINDOW.ms * 2)
      expect(await log.since(ROOM, INSTANCE, 1)).toBeUndefined()
      await log.append(ROOM, INSTANCE, 2, records(3, 3))
      expect(seqs(await log.since(ROOM, INSTANCE, 2))).toEqual([3])
    })

    test('can be closed twice', async () => {
      await log.close()
      await expect(log.close()).resolves.toBeUndefined()
    })
  })
}
