import { LogUnavailable } from '../ports/log-unavailable'

/**
 * How what was stored is brought forward: the first step makes version 2 of version 1, the next one 3 of 2. The version of today
 * is one more than there are steps.
 */
export type Steps = readonly ((stored: unknown) => unknown)[]

/** For records, as `{seq, at, by, event, secret?}`: as many steps as `EVENT_VERSION` is above 1. */
export const RECORD_STEPS: Steps = [
  // 2: the `page` of a session is its `joinId`.
  (stored) => {
    const record = stored as { secret?: { session?: { page: string } } }
    const session = record.secret?.session
    return session === undefined ? record : { ...record, secret: { ...record.secret, session: withJoinId(session) } }
  },
]

/** For snapshots, as `snapshot.ts` writes them. */
export const SNAPSHOT_STEPS: Steps = [
  // 2: a room tells until when it waits for a host.
  (stored) => {
    const snapshot = stored as { room: object }
    return { ...snapshot, room: { hostGraceUntil: null, ...snapshot.room } }
  },
  // 3: the `pageSeq` of a participant is its `joinSeq`, the `page` of a session its `joinId`.
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

/** Brings a value of version `v` to the version of today. @throws LogUnavailable when a newer server wrote it */
export function upcast(stored: unknown, v: number, steps: Steps): unknown {
  if (v > steps.length + 1) throw new LogUnavailable('The log was written by a newer version of the server.')
  return steps.slice(v - 1).reduce((value, step) => step(value), stored)
}
