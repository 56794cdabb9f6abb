import type { SessionRecord } from '../../../server/src/room/ledger'
import type { Ban, ModerationSecret } from '../../../server/src/room/moderation-ledger'
import type { SessionSecret } from '../../../server/src/room/participants'
import type { ServerState } from '../../../server/src/room/slices'
import type { StoredRecord } from '../../../server/src/room/state'
import { isOnStage, outranks, type Role, type Room, type RoomEvent } from '../../src/protocol'

/** A record whose secrets are known by name. */
export type KnownRecord = StoredRecord<SessionSecret & ModerationSecret>

/** One instance of a room as the log has accepted it, record by record. */
export type Story = {
  readonly roomId: string
  readonly instance: string
  readonly records: KnownRecord[]
  /** When each record was kept, by the world's time: a room's own time may be ahead of the clock. */
  readonly keptAt: number[]
  /** What the room was after each record: `rooms[seq - 1]`. */
  readonly rooms: Room[]
  state: ServerState
  /** By identity: what a moderator, the stage or a succession made of it. */
  readonly given: Map<string, Role>
  /** By identity: sent away until then; null: for as long as the room lives. */
  readonly removed: Map<string, number | null>
  /** By {@link sessionOf}: the commands that were logged, by id, with the seq of their answer. */
  readonly answers: Map<string, Map<number, number>>
  /** By identity: who is banned from the room id, in all its instances. */
  readonly bans: Map<string, Ban>
  /**
   * Whether it was just taken up by another process. Its clock may be behind, and no log knows when an event was that lies
   * beyond the replay window.
   */
  isFresh: boolean
  /** What has to follow in the next record, the last host being lost. */
  following: Following | undefined
}

/** A cohost takes over, or the room waits for a host: where `mayWait`, though there is a cohost. */
export type Following = { readonly heir: string | undefined; readonly mayWait: boolean }

/** Says what is wrong with a record. */
export type Say = (what: string) => void
export type Departure = Extract<RoomEvent, { type: 'participant.left' }>['reason']

export const hasHost = ({ participants }: Room): boolean => participants.some(({ role }) => role === 'host')

/** The role that a participant must join with, and its reason. */
export function roleDue(
  { given }: Story,
  before: ServerState | undefined,
  { identity, tokenRole }: Pick<SessionRecord, 'identity' | 'tokenRole'>,
): { readonly role: Role; readonly by: 'the token' | 'what was given' | 'a full stage' } {
  const role = given.get(identity) ?? tokenRole
  if (role === 'guest' && before !== undefined && isStageFull(before.room))
    return { role: 'viewer', by: 'a full stage' }
  return { role, by: given.has(identity) ? 'what was given' : 'the token' }
}

const isStageFull = ({ participants, mode }: Room): boolean =>
  participants.filter(({ role }) => isOnStage(role)).length >= mode.maxOnStage

/** A new participant joined: in its due role, to a free seat, in a room that was not locked. */
export function joined(
  story: Story,
  before: ServerState | undefined,
  { event, at, secret }: KnownRecord,
  places: number,
  say: Say,
): void {
  if (event.type !== 'participant.joined') return
  if (secret?.session === undefined) return say('it is unknown who joined')
  const { identity } = secret.session
  const { role } = event.participant
  const sessions = [...(before?.ledger.sessions.values() ?? [])]
  if (sessions.some((session) => session.identity === identity)) say('was in the room')
  const due = roleDue(story, before, secret.session)
  if (role !== due.role) say(`came as ${role}, and is a ${due.role} by ${due.by}`)
  const hostless = before === undefined || !hasHost(before.room)
  if (role !== 'host' && hostless && sessions.length >= places - 1) say('took the seat of the host')
  if (before?.room.locked && role !== 'host') say('came in though the room was locked')
  letIn(story, identity, at, say)
}

/** An identity took its own seat again. */
export function returned(
  story: Story,
  before: ServerState | undefined,
  { event, at, secret }: KnownRecord,
  say: Say,
): void {
  if (event.type !== 'participant.returned') return
  const was = before?.ledger.sessions.get(event.participantId)
  const role = before?.room.participants.find(({ id }) => id === event.participantId)?.role
  const most = story.given.get(was?.identity ?? '') ?? secret?.session?.tokenRole
  if (role === undefined || most === undefined || outranks(role, most)) say(`came back as ${role}, and is a ${most}`)
  if (was?.identity !== secret?.session?.identity) say('took the seat of another identity')
  // A session that takes the seat counts its commands anew, even if it had the seat before another one.
  const hash = secret?.session?.hash
  if (was?.hash !== hash) story.answers.delete(sessionOf(event.participantId, hash))
  letIn(story, was?.identity ?? '', at, say)
}

/** A participant with one of its sessions: each session counts its commands for itself. */
export const sessionOf = (participantId: string, hash: string | undefined): string => `${participantId} ${hash}`

function letIn({ removed, bans }: Story, identity: string, at: number, say: Say): void {
  if (bans.has(identity)) say('is banned')
  const until = removed.get(identity)
  if (until === null || (until !== undefined && at < until)) say('had been sent away')
}

/** What a moderator gives holds; a token takes only. */
export function roleChanged(
  { given, state }: Story,
  before: ServerState | undefined,
  { event }: KnownRecord,
  say: Say,
): void {
  if (event.type !== 'participant.roleChanged') return
  const identity = state.ledger.sessions.get(event.participantId)?.identity
  if (event.reason !== 'token') {
    if (identity !== undefined) given.set(identity, event.role)
    return
  }
  const was = before?.room.participants.find(({ id }) => id === event.participantId)?.role
  const isTakenBack = event.role === 'host' && before !== undefined && !hasHost(before.room)
  if (was === undefined || !(isTakenBack || outranks(was, event.role))) say('a token gave more than there was')
  if (given.has(identity ?? '')) say('a token took what was given')
}

/** Who has been a cohost, or a guest, for longest, of those who may follow. */
export function longest(
  { participants }: Room,
  role: Role,
  mayFollow: (id: string) => boolean = () => true,
): string | undefined {
  const candidates = participants.filter((each) => each.role === role && mayFollow(each.id))
  return candidates.sort((a, b) => a.roleSeq - b.roleSeq)[0]?.id
}

/** What has to follow where a record has taken the last host; undefined where it has not. */
export function followingOf(
  { state }: Story,
  before: ServerState | undefined,
  { event }: KnownRecord,
): Following | undefined {
  const isLost = before !== undefined && hasHost(before.room) && !hasHost(state.room) && state.room.status === 'open'
  if (!isLost) return undefined
  const lost = before.room.participants.find(({ role }) => role === 'host')?.id
  const heir = longest(state.room, 'cohost', (id) => id !== lost)
  return { heir, mayWait: heir === undefined || event.type === 'participant.roleChanged' }
}

/** Who follows when a wait for a host is over: a cohost, else a guest by its own token. */
export function heirAtLast({ room, ledger }: ServerState): string | undefined {
  const isGuestByToken = (id: string) => !outranks('guest', ledger.sessions.get(id)?.tokenRole ?? 'viewer')
  return longest(room, 'cohost') ?? longest(room, 'guest', isGuestByToken)
}
