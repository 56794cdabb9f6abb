import { ENDED_FOR_MS, type StoredRoom } from '../../ports/event-log'
import type { Ban } from '../../room/moderation-ledger'
import type { Projection } from '../../room/slice'
import type { InstanceTables } from './instances'
import type { Database } from './port'

/** How many expired ends of rooms are removed in one batch at most. */
const EVICT_ROWS = 100

/** What is kept of a room after its instances, beside chat: its bans, and the time of its end. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: the statements of one table, prepared once
export function tombstoneTable(db: Database, instances: InstanceTables) {
  const ended = db.prepare<[number, number]>('UPDATE rooms SET ended_at = ? WHERE id = ?')
  const endOf = db.prepare<[number], { endedAt: number | null }>('SELECT ended_at AS endedAt FROM rooms WHERE id = ?')
  const longEnded = db.prepare<[number, number], { id: number }>(
    'SELECT id FROM rooms WHERE ended_at <= ? ORDER BY ended_at LIMIT ?',
  )
  const settle = db.prepare<[{ readonly now: number }]>('UPDATE rooms SET ended_at = @now WHERE ended_at > @now')
  const evict = db.prepare<[number]>('UPDATE rooms SET ended_at = NULL WHERE id = ?')
  const bansOf = db.prepare<[number], { ban: string }>('SELECT ban FROM bans WHERE room = ? ORDER BY id')
  const ban = db.prepare<[number, string, string, string]>(
    `INSERT INTO bans (room, identity, ban_id, ban) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET ban_id = excluded.ban_id, ban = excluded.ban`,
  )
  const unban = db.prepare<[number, string]>('DELETE FROM bans WHERE room = ? AND ban_id = ?')
  const unbanAll = db.prepare<[number]>('DELETE FROM bans WHERE room = ?')
  const removeRoom = db.prepare<[number]>('DELETE FROM rooms WHERE id = ?')

  const keep = (room: number, each: Ban) => ban.run(room, each.identity, each.id, JSON.stringify(each))

  return {
    /** Applies a record of the time `at`: its change of the bans, and the end of the room. */
    note(room: number, { bans, isEnd }: Projection, at: number): void {
      if (isEnd) ended.run(at, room)
      if (bans?.bans !== undefined) {
        unbanAll.run(room)
        for (const each of bans.bans) keep(room, each)
      } else if (bans?.banned !== undefined) keep(room, bans.banned)
      else if (bans?.unbanned !== undefined) unban.run(room, bans.unbanned)
    },
    of(roomId: string, now: number): Omit<StoredRoom, 'state'> {
      const room = instances.roomOf(roomId)
      if (room === undefined) return { bans: [] }
      const endedAt = endOf.get(room)?.endedAt ?? undefined
      const isOver = endedAt === undefined || endedAt + ENDED_FOR_MS <= now
      return { bans: bansOf.all(room).map(({ ban }) => JSON.parse(ban)), ...(isOver ? {} : { endedAt }) }
    },
    /** Sets ends that lie in the future to now. They were written while the clock was ahead, and would reject clients for too long. */
    opened: (now: number) => settle.run({ now }),
    /** Removes some of the ends that are too old to reject clients. */
    evict(now: number): void {
      for (const { id } of longEnded.all(now - ENDED_FOR_MS, EVICT_ROWS)) {
        evict.run(id)
        instances.removeEmptyRoom(id)
      }
    },
    remove(room: number): void {
      unbanAll.run(room)
      removeRoom.run(room)
    },
  }
}

export type TombstoneTable = ReturnType<typeof tombstoneTable>
