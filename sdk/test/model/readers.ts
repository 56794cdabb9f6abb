import { isDeepStrictEqual } from 'node:util'
import { publicPart } from '../../../server/src/room/fold'
import type { LiveStreamError } from '../../src/errors'
import type { GoodbyeCode, LoggedEvent, Room, RoomEvent, UnknownEvent, Welcome } from '../../src/protocol'
import type { Position } from '../../src/signaling/session-ports'
import type { LoadedPage, Readers } from './page'
import { hashOf } from './server-socket'
import type { SocketRecords } from './socket-records'
import type { Story } from './story'
import type { Witness } from './witness'

/** The replay window, in ms [R3.5]. A run stays far below its other bounds, 1,000 events and 256 KiB. */
const REPLAY_MS = 120_000

/** What the checks need to know of the world. `now`: the latest that it ever was for a room and its log; `ms`: the world's time. */
export type Outlook = { now(roomId: string): number; ms(): number; logIsWell(): boolean }

/** What pages are told and show, held against the log: the mirror law, and nothing lost or doubled across a resume. */
export class Mirrors implements Readers {
  readonly #witness: Witness
  readonly #socketRecords: SocketRecords
  readonly #outlook: Outlook
  readonly #checked = new WeakMap<LoadedPage, Room>()
  readonly #ended = new WeakSet<LoadedPage>()

  constructor(witness: Witness, socketRecords: SocketRecords, outlook: Outlook) {
    this.#witness = witness
    this.#socketRecords = socketRecords
    this.#outlook = outlook
  }

  welcomed(page: LoadedPage, welcome: Welcome, position: Position | undefined): void {
    const { resumed, instance, seq, confirm } = welcome
    const say = this.#sayOf(page)
    const { roomId } = page.parts
    const { seen } = this.#witness
    if (confirm) seen.add('asked to confirm')
    if (position !== undefined) seen.add(resumed ? 'resumed by events' : 'resumed by a snapshot')
    if (page.room?.seq !== seq) say(`was welcomed at ${seq} and is at ${page.room?.seq}`)
    if (resumed && position?.instance !== instance) say('resumed what it did not know')
    if (position?.instance === instance && this.#wasSuperseded(page, position.seq, seq))
      say('came back though superseded')
    if (resumed || position?.instance !== instance || !this.#outlook.logIsWell()) return
    const story = this.#witness.story(roomId, instance)
    const [missed, keptAt] = [story?.records[position.seq], story?.keptAt[position.seq]]
    const isYoung = keptAt === undefined || keptAt > this.#outlook.ms() - REPLAY_MS
    if (isYoung && (missed === undefined || missed.at > this.#outlook.now(roomId) - REPLAY_MS))
      say(`got a snapshot, though all after ${position.seq} was in the replay window`)
  }

  folded(page: LoadedPage, logged: LoggedEvent<RoomEvent | UnknownEvent>): void {
    const story = this.#storyOf(page)
    const record = story?.records[logged.seq - 1]
    if (record === undefined) return this.#sayOf(page)(`was told ${logged.seq}, which is not in the log`)
    if (isDeepStrictEqual(logged, publicPart(record)) || isErased(logged, story)) return
    this.#sayOf(page)(`was told another ${logged.seq} than the log has`)
  }

  goodbye(code: GoodbyeCode): void {
    this.#witness.seen.add(`goodbye ${code}`)
  }

  foundGap(page: LoadedPage, error: unknown): void {
    this.#sayOf(page)(`lost track: ${error}`)
  }

  dialled(page: LoadedPage): void {
    if (this.#ended.has(page)) this.#sayOf(page)('came back after its end')
  }

  ended(page: LoadedPage, error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#ended.add(page)
    this.#witness.seen.add(`ended by ${error.code}`)
    if (code === undefined && error.code !== 'timeout' && error.code !== 'unreachable')
      this.#sayOf(page)(`ended by itself: ${error}`)
    const { roomId, identity } = page.parts
    if (code === 'superseded' && !this.#socketRecords.hasRival(roomId, identity, page.key))
      this.#sayOf(page)('was superseded, and there is no other')
  }

  /** The page's room is what the log's records lead to, up to where it has come. */
  checkMirror(page: LoadedPage): void {
    const { room } = page
    if (room === undefined || this.#checked.get(page) === room) return
    this.#checked.set(page, room)
    if (!isDeepStrictEqual(room, this.#storyOf(page)?.rooms[room.seq - 1])) this.#sayOf(page)('shows another room')
  }

  /** Whatever was said and told `ok` is in the log; that nothing is there twice the witness has seen. */
  checkWords(page: LoadedPage): void {
    for (const { command, answer } of page.asked) {
      if (command.type === 'chat.send' && answer === 'ok' && !this.#witness.said.has(command.text))
        this.#sayOf(page)(`was told ok, and ${command.text} is not in the log`)
    }
  }

  /**
   * Whether another session has taken the seat from this one between two events. A page that was offered the seat and has not
   * confirmed yet has none: others may take it until then.
   */
  #wasSuperseded(page: LoadedPage, from: number, to: number): boolean {
    const own = hashOf(page.key)
    const records = this.#storyOf(page)?.records ?? []
    const taken = (some: typeof records) => some.filter(({ event }) => seatedBy(event) === page.selfId)
    const isOwn = ({ secret }: (typeof records)[number]) => secret?.session?.hash === own
    const before = taken(records.slice(0, from)).at(-1)
    const later = taken(records.slice(from, to))
    if (before !== undefined && isOwn(before)) return later.some((record) => !isOwn(record))
    const first = later.findIndex(isOwn)
    return first >= 0 && later.slice(first).some((record) => !isOwn(record))
  }

  #storyOf(page: LoadedPage): Story | undefined {
    return this.#witness.story(page.parts.roomId, page.room?.instance ?? '')
  }

  #sayOf({ parts }: LoadedPage): (what: string) => void {
    return (what) => this.#witness.fault(`${parts.label}: ${what}`)
  }
}

/** A message that was deleted later comes without its text. */
function isErased({ event }: LoggedEvent<RoomEvent | UnknownEvent>, story: Story | undefined): boolean {
  if (event.type !== 'chat.sent' || event.message.text !== '') return false
  const { id } = event.message
  return story?.records.some(({ event }) => event.type === 'chat.deleted' && event.messageId === id) === true
}

/** The participant whose seat a session takes by this event. */
function seatedBy(event: RoomEvent): string | undefined {
  if (event.type === 'participant.joined') return event.participant.id
  return event.type === 'participant.returned' ? event.participantId : undefined
}
