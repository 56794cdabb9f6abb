import { isDeepStrictEqual } from 'node:util'
import type { Batch, StoredRoom } from '../../../server/src/ports/event-log'
import { encodeRecord, evolveState } from '../../../server/src/room/fold'
import type { Ban } from '../../../server/src/room/moderation-ledger'
import type { SessionSecret } from '../../../server/src/room/participants'
import type { ServerState } from '../../../server/src/room/slices'
import {
  type Departure,
  followingOf,
  heirAtLast,
  joined,
  type KnownRecord,
  returned,
  roleChanged,
  roleDue,
  type Say,
  type Story,
  sessionOf,
} from './story'

const HOST_GRACE_MS = 60_000

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
  readonly #ms: () => number
  readonly #now: () => number
  readonly #forgotten = new Set<Story>()
  readonly #bans = new Map<string, Map<string, Ban>>()
  /** Called when a room that is open was loaded. */
  takenUp: (roomId: string) => void = () => {}
  /** Called for each who came in. */
  arrived: (roomId: string, identity: string) => void = () => {}
  /** Called for each who left, with why. */
  departed: (roomId: string, identity: string, reason: Departure) => void = () => {}
  /** By room: when its last instance was ended: by the server's clock, which the room may be ahead of, and by the world's time. */
  readonly #ended = new Map<string, { readonly at: number; readonly ms: number }>()

  /** Since when each room waits for a host, by the world's time. */
  readonly #waits = new Map<Story, number>()
  /** When the batch that is looked at was handed to the log, by the world's time: a room measures from then, not from when it was kept. */
  #handedAt = 0

  /** @param ms the world's time @param now the server's */
  constructor(maxParticipants: number, ms: () => number, now: () => number) {
    this.#maxParticipants = maxParticipants
    this.#ms = ms
    this.#now = now
  }

  story(roomId: string, instance: string): Story | undefined {
    return this.stories.find((each) => each.roomId === roomId && each.instance === instance)
  }

  /** The instance of a room that is open, as the log has it. */
  open(roomId: string): Story | undefined {
    const isOpen = (story: Story) => story.state.room.status === 'open' && !this.#forgotten.has(story)
    return this.stories.findLast((each) => each.roomId === roomId && isOpen(each))
  }

  /** Who is banned from a room id. */
  bans(roomId: string): Map<string, Ban> {
    const bans = this.#bans.get(roomId) ?? new Map<string, Ban>()
    this.#bans.set(roomId, bans)
    return bans
  }

  /** What a log gives back of a room is what it has accepted. */
  loaded(roomId: string, { state, bans }: StoredRoom): void {
    if (!isDeepStrictEqual(bans, [...this.bans(roomId).values()]))
      this.fault(`${roomId}: the log lost sight of its bans`)
    const story = this.open(roomId)
    if (!isDeepStrictEqual(state, story?.state))
      this.fault(`${roomId}: the log gives back another room than it has kept`)
    if (state === undefined) return
    this.seen.add('loaded')
    if (story) story.isFresh = true
    this.takenUp(roomId)
  }

  /** An instance is forgotten when it has closed, or was empty when a process loaded it. */
  forgotten(roomId: string, instance: string): void {
    const story = this.story(roomId, instance)
    if (story === undefined) return
    if (story.state.room.participants.length > 0) this.fault(`${roomId}: forgotten with a participant in it`)
    this.#forgotten.add(story)
  }

  fault(text: string): void {
    this.faults.push(text)
  }

  /** The log has kept a batch. `handedAt`: when it was handed to the log, by the world's time; the log may have held it up. */
  kept({ roomId, instance, expectedSeq, records, encoded, state }: Batch, handedAt: number): void {
    this.#handedAt = handedAt
    const known = this.story(roomId, instance)
    if (expectedSeq !== (known?.state.room.seq ?? 0))
      this.fault(`${roomId}: a batch after ${expectedSeq}, not the last`)
    if (known === undefined && this.open(roomId) !== undefined) this.fault(`${roomId}: two instances are open at once`)
    if (!isDeepStrictEqual(encoded, records.map(encodeRecord)))
      this.fault(`${roomId}: the encoded records of a batch are not its records`)
    for (const record of records) this.#record(roomId, instance, record as KnownRecord)
    const story = this.story(roomId, instance)
    if (story?.following !== undefined)
      this.fault(`${roomId}: ${story.following.heir ?? 'no participant'} followed the host`)
    if (!isDeepStrictEqual(story?.state, state)) this.fault(`${roomId}: the state is not what its records lead to`)
  }

  #record(roomId: string, instance: string, record: KnownRecord): void {
    const known = this.story(roomId, instance)
    const before = known?.state
    const state = evolveState(before, record)
    const story = known ?? this.#begin(roomId, instance, state)
    story.records.push(record)
    story.keptAt.push(this.#ms())
    story.rooms.push(state.room)
    story.state = state
    this.#check(story, before, record, (what) => this.fault(`${roomId} ${record.seq} ${record.event.type}: ${what}`))
  }

  #begin(roomId: string, instance: string, state: ServerState): Story {
    const maps = { given: new Map(), removed: new Map(), answers: new Map() }
    const bans = this.bans(roomId)
    const story = {
      roomId,
      instance,
      records: [],
      keptAt: [],
      rooms: [],
      state,
      bans,
      following: undefined,
      isFresh: false,
      ...maps,
    }
    this.stories.push(story)
    return story
  }

  #check(story: Story, before: ServerState | undefined, record: KnownRecord, say: Say): void {
    const { event, at, secret } = record
    this.seen.add('reason' in event ? `${event.type} ${event.reason}` : event.type)
    if (at < (story.records.at(-2)?.at ?? 0) && !story.isFresh) say('time runs back')
    story.isFresh = false
    if (story.state.room.participants.length > this.#maxParticipants) say('more than there are places')
    this.#succession(story, before, record, say)
    if (event.type === 'chat.sent') this.#said(event.message.text, say)
    else if (event.type === 'room.opened') this.#opened(story.roomId, at, say)
    else if (event.type === 'room.ended' && event.reason === 'ended')
      this.#ended.set(story.roomId, { at: Math.min(at, this.#now()), ms: this.#ms() })
    else if (event.type === 'participant.joined') {
      joined(story, before, record, this.#maxParticipants, say)
      this.#arrived(story, before, secret?.session)
    } else if (event.type === 'participant.returned') returned(story, before, record, say)
    else if (event.type === 'participant.left') this.#left(story, before, record, say)
    else if (event.type === 'participant.roleChanged') roleChanged(story, before, record, say)
    if (secret?.banned) story.bans.set(secret.banned.identity, secret.banned)
    if (secret?.unbanned) for (const [who, { id }] of story.bans) if (id === secret.unbanned) story.bans.delete(who)
    if (secret?.command === undefined) return
    const { participantId, id } = secret.command
    const session = sessionOf(participantId, story.state.ledger.sessions.get(participantId)?.hash)
    story.answers.set(session, (story.answers.get(session) ?? new Map()).set(id, record.seq))
  }

  #arrived(story: Story, before: ServerState | undefined, session: SessionSecret['session']): void {
    if (session === undefined) return
    const { role, by } = roleDue(story, before, session)
    this.seen.add(`came as ${role} by ${by}`)
    this.arrived(story.roomId, session.identity)
  }

  #said(text: string, say: Say): void {
    const times = (this.said.get(text) ?? 0) + 1
    this.said.set(text, times)
    if (times > 1) say(`${text} was logged ${times} times`)
  }

  #opened(roomId: string, at: number, say: Say): void {
    const ended = this.#ended.get(roomId)
    if (ended !== undefined && at < ended.at + 60_000 && this.#ms() < ended.ms + 60_000)
      say('opened within a minute of its end')
  }

  #left(story: Story, before: ServerState | undefined, { event, secret }: KnownRecord, say: Say): void {
    if (event.type !== 'participant.left') return
    if (secret?.removal) story.removed.set(secret.removal.identity, secret.removal.until)
    const identity = before?.ledger.sessions.get(event.participantId)?.identity
    if (identity === undefined) say('was not in the room')
    else this.departed(story.roomId, identity, event.reason)
  }

  /** A host who was the last one is followed at once by a cohost, or waited for; and then by no other than the heir. */
  #succession(story: Story, before: ServerState | undefined, record: KnownRecord, say: Say): void {
    const { event, at } = record
    const { following } = story
    const isSuccession = event.type === 'participant.roleChanged' && event.reason === 'succession'
    const follower = isSuccession ? event.participantId : undefined
    const graceUntil = before?.room.hostGraceUntil ?? null
    if (event.type === 'room.hostGraceStarted') {
      if (following === undefined ? graceUntil === null : !following.mayWait) say('a host is waited for')
      if (event.until !== at + HOST_GRACE_MS) say(`a host is waited for until ${event.until}`)
      this.#waits.set(story, this.#handedAt)
    } else if (following !== undefined) {
      if (follower !== following.heir) say(`${following.heir ?? 'none'} should follow, not ${follower ?? 'none'}`)
    } else if (isSuccession || event.type === 'room.hostGraceEnded') {
      if (before === undefined || graceUntil === null) return say('a host was not waited for')
      // The wait is as long as it says whatever a clock shows; a log that hung may have kept its beginning late.
      const waited = this.#ms() - (this.#waits.get(story) ?? 0)
      if (at < graceUntil && waited < HOST_GRACE_MS) say(`a host was waited for ${waited} ms`)
      const heir = heirAtLast(before)
      if (follower !== heir) say(`${heir ?? 'none'} should follow at last, not ${follower ?? 'none'}`)
    }
    story.following = followingOf(story, before, record)
  }
}
