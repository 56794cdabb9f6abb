import { LogUnavailable } from '../ports/log-unavailable'

/**
 * Steps that convert stored data to the next version: the first one from version 1 to 2, the next one from 2 to 3. The current version
 * is the number of steps plus 1.
 */
export type Steps = readonly ((stored: unknown) => unknown)[]

/** The steps for records `{seq, at, by, event, secret?}`. Their number is `EVENT_VERSION` minus 1. */
export const RECORD_STEPS: Steps = [
  // 2: `page` of a session is renamed to `joinId`.
  (stored) => {
    const record = stored as { secret?: { session?: { page: string } } }
    const session = record.secret?.session
    return session === undefined ? record : { ...record, secret: { ...record.secret, session: withJoinId(session) } }
  },
]

/** The steps for snapshots, as `snapshot.ts` writes them. */
export const SNAPSHOT_STEPS: Steps = [
  // 2: a room has `hostGraceUntil`.
  (stored) => {
    const snapshot = stored as { room: object }
    return { ...snapshot, room: { hostGraceUntil: null, ...snapshot.room } }
  },
  // 3: `pageSeq` of a participant is renamed to `joinSeq`, `page` of a session to `joinId`.
  (stored) => {
    const { room, ledger } = stored as SnapshotWithPages
    const participants = room.participants.map(({ pageSeq, ...rest }) => ({ ...rest, joinSeq: pageSeq }))
    const sessions = ledger.sessions.map(([id, session]) => [id, withJoinId(session)])
    return { room: { ...room, participants }, ledger: { ...ledger, sessions } }
  },
]

/** What step 3 renames in a snapshot. */
type SnapshotWithPages = {
  readonly room: { readonly participants: readonly { readonly pageSeq: number }[] }
  readonly ledger: { readonly sessions: readonly (readonly [string, { readonly page: string }])[] }
}

const withJoinId = ({ page, ...rest }: { readonly page: string }): object => ({ ...rest, joinId: page })

/** Converts a value of version `v` to the current version. @throws LogUnavailable when a newer server wrote it */
export function upcast(stored: unknown, v: number, steps: Steps): unknown {
  if (v > steps.length + 1) throw new LogUnavailable('The log was written by a newer version of the server.')
  return steps.slice(v - 1).reduce((value, step) => step(value), stored)
}
