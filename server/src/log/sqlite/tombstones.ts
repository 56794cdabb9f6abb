import { ENDED_FOR_MS, type StoredRoom } from '../../ports/event-log'
import type { Ban, BanChange } from '../../room/moderation-ledger'
import type { Projection } from '../../room/slice'
import type { InstanceTables } from './instances'
import type { Database } from './port'

/** How many expired ends of rooms are removed in one batch at most. */
const EVICT_ROWS = 100
/** How often the log looks for them, in ms, when none were left the last time. */
const EVICT_EVERY_MS = 1000

/** What is kept of a room after its instances, beside chat: its bans, and the time of its end. */
export function tombstoneTable(db: Database, instances: InstanceTables) {
  const bans = banRows(db)
  const ends = endsOfRooms(db)
  const removeRoom = db.prepare<[number]>('DELETE FROM rooms WHERE id = ?')
  let nextEviction = Number.NEGATIVE_INFINITY
  return {
    /** Applies a record of the time `at`: its change of the bans, and the end of the room. */
    note(room: number, { bans: change, isEnd }: Projection, at: number): void {
      if (isEnd) ends.put(room, at)
      if (change !== undefined) bans.apply(room, change)
    },
    of(roomId: string, now: number): Omit<StoredRoom, 'state'> {
      const room = instances.roomOf(roomId)
      if (room === undefined) return { bans: [] }
      const endedAt = ends.of(room)
      const isOver = endedAt === undefined || endedAt + ENDED_FOR_MS <= now
      return { bans: bans.of(room), ...(isOver ? {} : { endedAt }) }
    },
    opened: ends.opened,
    /** Removes some of the ends that are too old to reject clients. */
    evict(now: number): void {
      if (now < nextEviction) return
      const expired = ends.evict(now - ENDED_FOR_MS)
      for (const room of expired) instances.removeEmptyRoom(room)
      if (expired.length < EVICT_ROWS) nextEviction = now + EVICT_EVERY_MS
    },
    remove(room: number): void {
      bans.remove(room)
      removeRoom.run(room)
    },
  }
}

export type TombstoneTable = ReturnType<typeof tombstoneTable>

function banRows(db: Database) {
  const of = db.prepare<[number], { ban: string }>('SELECT ban FROM bans WHERE room = ? ORDER BY id')
  const put = db.prepare<[number, string, string, string]>(
    `INSERT INTO bans (room, identity, ban_id, ban) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET ban_id = excluded.ban_id, ban = excluded.ban`,
  )
  const unban = db.prepare<[number, string]>('DELETE FROM bans WHERE room = ? AND ban_id = ?')
  const remove = db.prepare<[number]>('DELETE FROM bans WHERE room = ?')
  const add = (room: number, each: Ban) => put.run(room, each.identity, each.id, JSON.stringify(each))
  return {
    apply(room: number, { bans, banned, unbanned }: BanChange): void {
      if (bans !== undefined) {
        remove.run(room)
        for (const each of bans) add(room, each)
      } else if (banned !== undefined) add(room, banned)
      else if (unbanned !== undefined) unban.run(room, unbanned)
    },
    of: (room: number): Ban[] => of.all(room).map(({ ban }) => JSON.parse(ban)),
    remove: (room: number) => remove.run(room),
  }
}

function endsOfRooms(db: Database) {
  const put = db.prepare<[number, number]>('UPDATE rooms SET ended_at = ? WHERE id = ?')
  const of = db.prepare<[number], { endedAt: number | null }>('SELECT ended_at AS endedAt FROM rooms WHERE id = ?')
  const until = db.prepare<[number, number], { id: number }>(
    'SELECT id FROM rooms WHERE ended_at <= ? ORDER BY ended_at LIMIT ?',
  )
  const settle = db.prepare<[{ readonly now: number }]>('UPDATE rooms SET ended_at = @now WHERE ended_at > @now')
  const remove = db.prepare<[number]>('UPDATE rooms SET ended_at = NULL WHERE id = ?')
  return {
    put: (room: number, at: number) => put.run(at, room),
    of: (room: number): number | undefined => of.get(room)?.endedAt ?? undefined,
    /** Sets ends that lie in the future to now. They were written while the clock was ahead, and would reject clients for too long. */
    opened: (now: number) => settle.run({ now }),
    /** Removes some of the ends up to a time. Returns their rooms. */
    evict(to: number): number[] {
      const rooms = until.all(to, EVICT_ROWS).map(({ id }) => id)
      for (const room of rooms) remove.run(room)
      return rooms
    },
  }
}
