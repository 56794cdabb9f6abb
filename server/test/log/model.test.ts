// Whatever happens to rooms, a log on disk and one in memory answer alike; and so does the one on disk after a restart.
import { rmSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryLog } from '../../src/log/memory/memory-log'
import { sqliteLog } from '../../src/log/sqlite/sqlite-log'
import type { Batch } from '../../src/ports/event-log'
import type { RoomLog } from '../../src/ports/room-log'
import { decided, LogWriter } from '../contract/log-writer'
import { FakeClock } from '../harness/fake-clock'
import { LogFolder } from '../harness/log-folder'

const ROOMS = ['hall', 'attic'] as const
const PEOPLE = ['ada', 'bob', 'eve'] as const

const who = fc.constantFrom(...PEOPLE)
/** Some batches are large: the replay window ends after 1,000 events, or 256 KiB. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('say' as const), who, count: fc.constantFrom(1, 1, 40, 450) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(80) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('ban' as const, 'unban' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      reason: fc.constantFrom('ended' as const, 'empty' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('eraseRoom' as const, 'restart' as const, 'stale' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 9_000, 70_000, 130_000) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The same batches into both logs. The one on disk is closed and opened where a step says so. */
class Pair {
  readonly #files: LogFolder
  readonly #clock: FakeClock
  readonly #memory: RoomLog
  #disk: RoomLog
  readonly #writers = new Map<string, LogWriter>()
  #instances = 0
  #texts = 0

  constructor(files: LogFolder) {
    for (const end of ['', '-wal']) rmSync(`${files.path}${end}`, { force: true })
    this.#files = files
    this.#clock = new FakeClock(1_000_000)
    this.#memory = memoryLog(this.#clock)
    this.#disk = this.#open()
  }

  async do(roomId: string, now: Step): Promise<void> {
    if (now.do === 'wait') return this.#clock.advance(now.ms)
    if (now.do === 'restart') {
      await this.#disk.close()
      this.#disk = this.#open()
      return
    }
    if (now.do === 'eraseRoom') return this.#erase(roomId)
    const room = this.#writers.get(roomId) ?? (await this.#opened(roomId))
    if (now.do === 'say') {
      await room.say(now.who, ...Array.from({ length: now.count }, () => `m${this.#texts++}`))
    } else if (now.do === 'delete') await room.delete(`m${Math.max(this.#texts - now.which, 0)}`)
    else if (now.do === 'join' || now.do === 'leave') await this.#comeOrGo(room, now.do, now.who)
    else if (now.do === 'ban') await room.write(decided({ type: 'room.locked' }, null, { banned: ban(now.who) }))
    else if (now.do === 'unban')
      await room.write(decided({ type: 'room.unlocked' }, null, { unbanned: ban(now.who).id }))
    else if (now.do === 'end') {
      await room.end(now.reason)
      this.#writers.delete(roomId)
    } else await expect(new LogWriter(this.#both, roomId, room.instance).open()).rejects.toThrow(RangeError)
  }

  async compare(): Promise<void> {
    for (const roomId of ROOMS) {
      const room = this.#writers.get(roomId)
      expect(await this.#disk.load(roomId)).toEqual(await this.#memory.load(roomId))
      if (room === undefined) continue
      const { instance, seq } = room
      for (const since of [0, 1, seq - 1001, seq - 1000, seq - 200, seq - 1, seq, seq + 1]) {
        const [disk, memory] = await Promise.all(
          [this.#disk, this.#memory].map((log) => log.since(roomId, instance, since)),
        )
        expect(disk).toEqual(memory)
      }
      for (const query of [
        { limit: 5 },
        { limit: 50, before: `m${this.#texts - 3}` },
        { limit: 1, before: 'nothing' },
      ]) {
        const asked = { ...query, instance }
        expect(await this.#disk.history(roomId, asked)).toEqual(await this.#memory.history(roomId, asked))
      }
      const id = `m${this.#texts - 1}`
      expect(await this.#disk.message(roomId, instance, id)).toEqual(await this.#memory.message(roomId, instance, id))
    }
    const open = await Promise.all(
      [this.#disk, this.#memory].map(async (log) => [...(await log.openRooms())].sort(byId)),
    )
    expect(open[0]).toEqual(open[1])
  }

  #open(): RoomLog {
    return sqliteLog(this.#files.path, { clock: this.#clock })
  }

  close(): Promise<void> {
    return this.#disk.close()
  }

  /** Takes a batch into both, or into neither. */
  readonly #both = {
    append: async (batch: Batch): Promise<void> => {
      const [memory, disk] = await Promise.allSettled([this.#memory.append(batch), this.#disk.append(batch)])
      expect(disk.status).toBe(memory.status)
      if (disk.status === 'rejected') throw disk.reason
    },
  }

  async #opened(roomId: string): Promise<LogWriter> {
    const room = new LogWriter(this.#both, roomId, `i${this.#instances++}`, () => this.#clock.now())
    const { bans } = await this.#memory.load(roomId)
    await room.open(bans.length > 0 ? { bans } : undefined)
    this.#writers.set(roomId, room)
    return room
  }

  async #comeOrGo(room: LogWriter, deed: 'join' | 'leave', who: string): Promise<void> {
    const isThere = room.state?.room.participants.some(({ id }) => id === `p-${who}`) ?? false
    if (deed === 'join' && !isThere) await room.join(who)
    if (deed === 'leave' && isThere) await room.leave(who)
  }

  async #erase(roomId: string): Promise<void> {
    await this.#writers.get(roomId)?.end()
    this.#writers.delete(roomId)
    await Promise.all([this.#memory.eraseRoom(roomId), this.#disk.eraseRoom(roomId)])
  }
}

const ban = (identity: string) => ({ id: `ban-${identity}`, identity, name: identity, at: 1 })
const byId = (a: { instance: string }, b: { instance: string }) => (a.instance < b.instance ? -1 : 1)

test('after any batches, deletions, bans, endings, erasures and restarts both logs answer alike', async () => {
  const files = new LogFolder()
  const steps = fc.array(fc.tuple(fc.constantFrom(...ROOMS), step), { minLength: 5, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const pair = new Pair(files)
      try {
        for (const [roomId, each] of all) {
          await pair.do(roomId, each)
          await pair.compare()
        }
      } finally {
        await pair.close()
      }
    }),
    { numRuns: 40 },
  )
})
