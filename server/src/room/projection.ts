import type { LoggedEvent, RoomEvent } from '@peerstage/sdk/protocol'
import type { LedgerRecord } from './ledger'
import type { Projection, Slice } from './slice'
import { SLICES } from './slices'
import type { StoredRecord } from './state'

/** What one record means for the chat archive, for bans, for the room's end, and for erasing. */
export const projectionOf = (record: StoredRecord): Projection =>
  Object.assign({ isEnd: false }, ...PROJECTS.map((project) => project(record)))

type Project = (record: LedgerRecord) => Partial<Projection>
const PROJECTS = SLICES.flatMap(({ project }: Slice) => (project === undefined ? [] : [project as Project]))

/** A record without what never leaves the server. */
export const publicPart = ({ seq, at, by, event }: StoredRecord): LoggedEvent => ({ seq, at, by, event })

/** The JSON of a record as clients get it. */
export const encodeRecord = (record: StoredRecord): string => JSON.stringify(publicPart(record))

/** What is left of an event when a message has been deleted: a message without its text keeps its seq. */
export function withoutText<T extends LoggedEvent>(logged: T, messageId: string): T {
  const event = redacted(WITHOUT_TEXT, logged.event, messageId)
  return event === logged.event ? logged : { ...logged, event }
}

/** What is left of a record about an erased identity: that it happened, without name, metadata, text or secret. */
export const withoutPerson = ({ secret: _, ...logged }: StoredRecord): StoredRecord => ({
  ...logged,
  event: redacted(WITHOUT_PERSON, logged.event),
})

// The compiler pairs no function of a union with an event of that union.
type Redactions = { readonly [type: string]: (event: RoomEvent, messageId?: string) => RoomEvent }
const WITHOUT_TEXT = SLICES.flatMap(({ withoutText: has }: Slice) => (has === undefined ? [] : [has as Redactions]))
const WITHOUT_PERSON = SLICES.flatMap(({ withoutPerson: has }: Slice) => (has === undefined ? [] : [has as Redactions]))

const redacted = (slices: readonly Redactions[], event: RoomEvent, messageId?: string): RoomEvent =>
  slices.reduce((left, bySlice) => bySlice[event.type]?.(left, messageId) ?? left, event)
