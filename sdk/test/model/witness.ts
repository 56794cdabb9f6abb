import { isDeepStrictEqual } from 'node:util'
import type { StoredRoom, Turn } from '../../../server/src/hosting/ports'
import { evolveState, type ServerState, type StoredRecord } from '../../../server/src/room'
import type { LoggedEvent, Role, Room, RoomEvent } from '../../src/protocol'
import { outranks } from '../../src/protocol'

/** One instance of a room as the log has accepted it, record by record. */
export type Story = {
  readonly roomId: string
  readonly instance: string
  readonly records: StoredRecord[]
  /** What the room was after each record: `rooms[seq - 1]`. */
  readonly rooms: Room[]
  state: ServerState
  /** By identity: what a moderator, the stage or a succession made of it. */
  readonly given: Map<string, Role>
  /** By identity: sent away until then; null: for as long as the room lives. */
  readonly removed: Map<string, number | null>
  /** By participant, of its present session: the commands that were logged, by id, with the seq of their answer. */
  readonly answers: Map<string, Map<number, number>>
  /** Who has to be made host by the next record. */
  heir: string | undefined
}

type Say = (what: string) => void
type Departure = Extract<RoomEvent, { type: 'participant.left' }>['reason']

/**
 * All that the logs ever accepted, held against the promises record by record. It knows the records alone: not the server
 * that wrote them, nor who reads them.
 */
export class Witness {
  readonly stories: Story[] = []
  readonly faults: string[] = []
  /** What has happened, in words: a test of the test asks whether everything does. */
  readonly seen = new Set<string>()
  /** How often each text was logged. */
  readonly said = new Map<string, number>()
  readonly #maxParticipants: number
  readonly #forgotten = new Set<Story>()
  /** Called when a room that is open was loaded. */
  takenUp: (roomId: string) => void = () => {}
  /** Called for each who left, with why. */
  departed: (roomId: string, identity: string, reason: Departure) => void = () => {}
  /** By room: when its last instance was ended by somebody. */
  readonly #endedAt = new Map<string, number>()

  constructor(maxParticipants: number) {
    this.#maxParticipants = maxParticipants
  }

  story(roomId: string, instance: string): Story | undefined {
    return this.stories.find((each) => each.roomId === roomId && each.instance === instance)
  }

  /** The instance of a room that is open, as the log has it. */
  open(roomId: string): Story | undefined {
    const isOpen = (story: Story) => story.state.room.status === 'open' && !this.#forgotten.has(story)
    return this.stories.findLast((each) => each.roomId === roomId && isOpen(each))
  }

  /** What a log gives back of a room is what it has accepted. */
  loaded(roomId: string, { state }: StoredRoom): void {
    const story = this.open(roomId)
    if (!isDeepStrictEqual(state, story?.state))
      this.fault(`${roomId}: the log gives back another room than it has kept`)
    if (state === undefined) return
    this.seen.add('loaded')
    this.takenUp(roomId)
  }

  /** An instance is forgotten when it has closed, or nobody was in it when a process took it up. */
  forgotten(roomId: string, instance: string): void {
    const story = this.story(roomId, instance)
    if (story === undefined) return
    if (story.state.room.participants.length > 0) this.fault(`${roomId}: forgotten with somebody in it`)
    this.#forgotten.add(story)
  }

  fault(text: string): void {
    this.faults.push(text)
  }

  /** The log has kept a turn. */
  kept({ roomId, instance, expectedSeq, records, state }: Turn): void {
    const known = this.story(roomId, instance)
    if (expectedSeq !== (known?.state.room.seq ?? 0)) this.fault(`${roomId}: a turn after ${expectedSeq}, not the last`)
    if (known === undefined && this.open(roomId) !== undefined) this.fault(`${roomId}: two instances are open at once`)
    for (const record of records) this.#record(roomId, instance, record)
    const story = this.story(roomId, instance)
    if (story?.heir !== undefined) this.fault(`${roomId}: ${story.heir} should have followed the host`)
    if (!isDeepStrictEqual(story?.state, state)) this.fault(`${roomId}: the state is not what its records lead to`)
  }

  #record(roomId: string, instance: string, record: StoredRecord): void {
    const known = this.story(roomId, instance)
    const before = known?.state
    const state = evolveState(before, record)
    const story = known ?? this.#begin(roomId, instance, state)
    story.records.push(record)
    story.rooms.push(state.room)
    story.state = state
    this.#check(story, before, record, (what) => this.fault(`${roomId} ${record.seq} ${record.event.type}: ${what}`))
  }

  #begin(roomId: string, instance: string, state: ServerState): Story {
    const maps = { given: new Map(), removed: new Map(), answers: new Map() }
    const story = { roomId, instance, records: [], rooms: [], state, heir: undefined, ...maps }
    this.stories.push(story)
    return story
  }

  #check(story: Story, before: ServerState | undefined, record: StoredRecord, say: Say): void {
    const { event, at, secret } = record
    this.seen.add('reason' in event ? `${event.type} ${event.reason}` : event.type)
    if (at < (story.records.at(-2)?.at ?? 0)) say('time runs back')
    if (story.state.room.participants.length > this.#maxParticipants) say('more than there are places')
    this.#succession(story, before, record, say)
    if (event.type === 'chat.sent') this.#said(event.message.text, say)
    else if (event.type === 'room.opened') this.#opened(story.roomId, at, say)
    else if (event.type === 'room.ended' && event.reason === 'ended') this.#endedAt.set(story.roomId, at)
    else if (event.type === 'participant.joined') joined(story, before, record, this.#maxParticipants, say)
    else if (event.type === 'participant.returned') returned(story, before, record, say)
    else if (event.type === 'participant.left') this.#left(story, before, record, say)
    else if (event.type === 'participant.roleChanged') roleChanged(story, before, record, say)
    if (secret?.command === undefined) return
    const { participantId, id } = secret.command
    story.answers.set(participantId, (story.answers.get(participantId) ?? new Map()).set(id, record.seq))
  }

  #said(text: string, say: Say): void {
    const times = (this.said.get(text) ?? 0) + 1
    this.said.set(text, times)
    if (times > 1) say(`${text} was logged ${times} times`)
  }

  #opened(roomId: string, at: number, say: Say): void {
    const endedAt = this.#endedAt.get(roomId)
    if (endedAt !== undefined && at < endedAt + 60_000) say('opened within a minute of its end')
  }

  #left(story: Story, before: ServerState | undefined, { event, secret }: StoredRecord, say: Say): void {
    if (event.type !== 'participant.left') return
    if (secret?.removal) story.removed.set(secret.removal.identity, secret.removal.until)
    if (event.reason === 'removed' && !secret?.removal) say('nobody knows who was sent away')
    const identity = before?.ledger.sessions.get(event.participantId)?.identity
    if (identity === undefined) say('was not in the room')
    else this.departed(story.roomId, identity, event.reason)
  }

  /** A host who was the last one is followed at once, and by nobody else than the heir. */
  #succession(story: Story, before: ServerState | undefined, { event }: StoredRecord, say: Say): void {
    const isSuccession = event.type === 'participant.roleChanged' && event.reason === 'succession'
    const follower = isSuccession ? event.participantId : undefined
    if (follower !== story.heir) say(`${story.heir ?? 'nobody'} should follow the host, not ${follower ?? 'nobody'}`)
    const lost = before !== undefined && hasHost(before.room) && !hasHost(story.state.room)
    const wasHost = before?.room.participants.find(({ role }) => role === 'host')
    story.heir = lost && story.state.room.status === 'open' ? heirOf(story.state.room, wasHost?.id) : undefined
  }
}

const hasHost = ({ participants }: Room): boolean => participants.some(({ role }) => role === 'host')

function joined(
  story: Story,
  before: ServerState | undefined,
  { event, at, secret }: StoredRecord,
  places: number,
  say: Say,
): void {
  if (event.type !== 'participant.joined') return
  const { identity = '', tokenRole } = secret?.session ?? {}
  const { role } = event.participant
  const sessions = [...(before?.ledger.sessions.values() ?? [])]
  if (sessions.some((session) => session.identity === identity)) say('was in the room')
  const granted = story.given.get(identity) ?? tokenRole
  if (granted === undefined || outranks(role, granted)) say(`came as ${role} and is a ${granted}`)
  const hostless = before === undefined || !hasHost(before.room)
  if (role !== 'host' && hostless && sessions.length >= places - 1) say('took the place of the host')
  if (before?.room.locked && role !== 'host') say('came in though the room was locked')
  letIn(story, identity, at, say)
}

function returned(story: Story, before: ServerState | undefined, { event, at, secret }: StoredRecord, say: Say): void {
  if (event.type !== 'participant.returned') return
  const was = before?.ledger.sessions.get(event.participantId)
  if (was?.identity !== secret?.session?.identity) say('took the place of somebody else')
  // Another session counts its commands anew.
  if (was?.hash !== secret?.session?.hash) story.answers.delete(event.participantId)
  letIn(story, was?.identity ?? '', at, say)
}

function letIn({ removed }: Story, identity: string, at: number, say: Say): void {
  const until = removed.get(identity)
  if (until === null || (until !== undefined && at < until)) say('had been sent away')
}

function roleChanged(
  { given, state }: Story,
  before: ServerState | undefined,
  { event }: StoredRecord,
  say: Say,
): void {
  if (event.type !== 'participant.roleChanged') return
  const identity = state.ledger.sessions.get(event.participantId)?.identity
  if (event.reason !== 'token') {
    if (identity !== undefined) given.set(identity, event.role)
    return
  }
  const was = before?.room.participants.find(({ id }) => id === event.participantId)?.role
  if (was === undefined || !outranks(was, event.role)) say('a token gave more than there was')
}

/** Who has to follow where the last host has gone: the cohost, else the guest, who has been so for longest. */
function heirOf({ participants }: Room, lost: string | undefined): string | undefined {
  const longest = (role: Role) =>
    participants.filter((each) => each.role === role && each.id !== lost).sort((a, b) => a.roleSeq - b.roleSeq)[0]
  return (longest('cohost') ?? longest('guest'))?.id
}

/** The part of a record that everybody may see. */
export const publicPart = ({ seq, at, by, event }: StoredRecord): LoggedEvent => ({ seq, at, by, event })
