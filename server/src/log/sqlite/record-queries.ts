import { EVENT_VERSION } from '@peerstage/sdk/protocol'
import type { StoredRecord } from '../../room/state'
import { RECORD_STEPS, upcast } from '../upcast'
import type { Database } from './port'

export type RecordRow = {
  readonly seq: number
  readonly v: number
  readonly logged: string
  readonly secret: string | null
}

/** What the readers of the feed still need: see `readers.ts`. */
export type HeldBack = { readonly readTo: number; readonly heldTotal: number; readonly heldAt: number }

/** The LIMIT that stands for all rows. */
export const ALL = -1

export function recordOf({ v, logged, secret }: RecordRow): StoredRecord {
  const stored = { ...JSON.parse(logged), ...(secret === null ? {} : { secret: JSON.parse(secret) }) }
  return { ...(upcast(stored, v, RECORD_STEPS) as StoredRecord), v: EVENT_VERSION }
}

/** The statements for records. */
export const recordQueries = (db: Database) => ({
  add: db.prepare<[number, number, number, number, number, string | null, string, string | null]>(
    'INSERT INTO records (instance, seq, v, at, total, identity, logged, secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  place: db.prepare<[number, number], { readonly at: number; readonly total: number }>(
    'SELECT at, total FROM records WHERE instance = ? AND seq = ?',
  ),
  behind: db.prepare<[number, number, number], RecordRow>(
    'SELECT seq, v, logged, secret FROM records WHERE instance = ? AND seq > ? ORDER BY seq LIMIT ?',
  ),
  // A record is removed together with all records before it, so there are no gaps.
  trim: db.prepare<[Readonly<Record<'instance' | 'seq' | 'total' | 'at' | 'events' | keyof HeldBack, number>>]>(
    `DELETE FROM records WHERE instance = @instance AND seq <= (
      SELECT max(seq) FROM records
        WHERE instance = @instance AND seq <= @seq AND (total < @total OR at < @at OR seq <= @seq - @events)
          AND (seq <= @readTo OR total < @heldTotal OR at < @heldAt))`,
  ),
  removeBefore: db.prepare<[number, number]>('DELETE FROM records WHERE instance = ? AND at < ?'),
  remove: db.prepare<[number]>('DELETE FROM records WHERE instance = ?'),
})

/** The statements for snapshots. */
export const snapshotQueries = (db: Database) => ({
  get: db.prepare<[number], { v: number; state: string }>('SELECT v, state FROM snapshots WHERE instance = ?'),
  put: db.prepare<[number, number, string]>('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)'),
  remove: db.prepare<[number]>('DELETE FROM snapshots WHERE instance = ?'),
})

/** The statements that remove texts and identities from records. */
export const redactionQueries = (db: Database) => ({
  naming: db.prepare<[number, string], RecordRow>(
    'SELECT seq, v, logged, secret FROM records WHERE instance = ? AND instr(logged, ?)',
  ),
  about: db.prepare<[number, string], RecordRow>(
    'SELECT seq, v, logged, secret FROM records WHERE instance = ? AND identity = ?',
  ),
  rewrite: db.prepare<[number, string, number, number]>(
    'UPDATE records SET v = ?, logged = ? WHERE instance = ? AND seq = ?',
  ),
  anonymise: db.prepare<[number, number]>(
    'UPDATE records SET identity = NULL, secret = NULL WHERE instance = ? AND seq = ?',
  ),
})
