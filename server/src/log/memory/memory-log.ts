import type { ChatHistoryResult } from '@peerstage/sdk/protocol'
import type { HistoryQuery } from '../../ports/chat-archive'
import type { Clock } from '../../ports/clock'
import { systemClock } from '../../ports/clock'
import { type Batch, batchFault, type StoredRoom } from '../../ports/event-log'
import type { RecordSource } from '../../ports/record-feed'
import type { RoomLog } from '../../ports/room-log'
import type { ArchivedMessage } from '../../room/command'
import { projectionOf, withoutPerson, withoutText } from '../../room/fold'
import type { ServerState } from '../../room/slices'
import type { StoredRecord } from '../../room/state'
import { add, after, emptyWindow, RecordReaders, type ReplayWindow, rewrite, trim } from './records'
import { Tombstones } from './tombstones'

/** Messages of one instance that can be read. More belong in a log on disk. */
const MESSAGES_KEPT = 1000

type Instance = { readonly replay: ReplayWindow; state: ServerState; chat: ArchivedMessage[] }

/**
 * A log in memory, which ends with the process. Of the events of an instance it keeps those that a resume may need (the replay window), and of its chat
 * the newest 1,000 messages, until the instance closes. Bans are kept longer, for the newest 10,000 rooms that have any.
 *
 * @example
 * ```ts
 * import { createPeerstageServer, memoryLog } from '@peerstage/server'
 *
 * const live = createPeerstageServer({ dev: true, log: memoryLog() })
 * ```
 *
 * @param clock for the age of events, in milliseconds. Default: the machine's
 */
export function memoryLog(clock: Pick<Clock, 'now'> = systemClock()): RoomLog & RecordSource {
  return new MemoryLog(() => clock.now())
}

class MemoryLog implements RoomLog, RecordSource {
  readonly #now: () => number
  readonly #rooms = new Map<string, Map<string, Instance>>()
  readonly #tombstones: Tombstones
  readonly #readers: RecordReaders

  constructor(now: () => number) {
    this.#now = now
    this.#tombstones = new Tombstones(now)
    this.#readers = new RecordReaders(now)
  }

  async append(batch: Batch): Promise<void> {
    const { roomId, instance, records, encoded, state } = batch
    const known = this.#find(roomId, instance)
    const fault = batchFault(batch, known?.replay.lastSeq ?? 0)
    if (fault !== undefined) throw fault
    const kept = known ?? this.#add(roomId, instance, state)
    for (const [i, record] of records.entries()) this.#note(roomId, kept, record, encoded[i]?.length ?? 0)
    if (kept.chat.length > MESSAGES_KEPT) kept.chat.splice(0, kept.chat.length - MESSAGES_KEPT)
    this.#trim(kept.replay)
    kept.state = state
  }

  async since(roomId: string, instance: string, seq: number) {
    const kept = this.#find(roomId, instance)
    if (kept === undefined) return undefined
    this.#trim(kept.replay)
    return after(kept.replay, seq)
  }

  async load(roomId: string): Promise<StoredRoom> {
    const open = [...(this.#rooms.get(roomId)?.values() ?? [])].find(({ state }) => state.room.status === 'open')
    return { ...this.#tombstones.of(roomId), ...(open === undefined ? {} : { state: open.state }) }
  }

  async openRooms() {
    return [...this.#rooms].flatMap(([roomId, instances]) =>
      [...instances].flatMap(
        ([
          instance,
          {
            state: { room },
          },
        ]) => (room.status === 'open' ? [{ roomId, instance, participants: room.participants.length }] : []),
      ),
    )
  }

  async history(roomId: string, { instance, before, limit }: HistoryQuery): Promise<ChatHistoryResult> {
    const all = this.#chatOf(roomId, instance).map(({ message }) => message)
    const end =
      before === undefined
        ? all.length
        : Math.max(
            all.findIndex(({ id }) => id === before),
            0,
          )
    const start = Math.max(end - limit, 0)
    return { messages: all.slice(start, end), hasMore: start > 0 }
  }

  async message(roomId: string, instance: string | undefined, messageId: string): Promise<ArchivedMessage | undefined> {
    return this.#chatOf(roomId, instance).find(({ message }) => message.id === messageId)
  }

  async forget(roomId: string, instance: string): Promise<void> {
    const instances = this.#rooms.get(roomId)
    const kept = instances?.get(instance)
    if (kept !== undefined) this.#readers.forget(kept.replay)
    instances?.delete(instance)
    if (instances?.size === 0) this.#rooms.delete(roomId)
  }

  async eraseRoom(roomId: string): Promise<void> {
    this.#rooms.delete(roomId)
    this.#tombstones.remove(roomId)
    this.#readers.eraseRoom(roomId)
  }

  async messagesOf(identity: string) {
    return [...this.#rooms].flatMap(([roomId, instances]) =>
      [...instances].flatMap(([instance, { chat }]) =>
        chat
          .filter((kept) => kept.identity === identity)
          .map(({ message }) => ({ roomId, instance, messageId: message.id })),
      ),
    )
  }

  async eraseIdentity(identity: string): Promise<void> {
    for (const replay of this.#readers.windows()) {
      rewrite(replay, (record, about) => (about === identity ? withoutPerson(record) : record))
    }
    for (const kept of this.#instances()) {
      kept.chat = kept.chat.filter((each) => each.identity !== identity)
    }
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {
    this.#rooms.clear()
    this.#tombstones.clear()
    this.#readers.clear()
  }

  setReaders: RecordSource['setReaders'] = (names) => this.#readers.setReaders(names)
  unread: RecordSource['unread'] = (reader) => this.#readers.unread(reader)
  nextPage: RecordSource['nextPage'] = (...which) => this.#readers.nextPage(...which)
  savePosition: RecordSource['savePosition'] = (...which) => this.#readers.savePosition(...which)

  #find(roomId: string, instance: string): Instance | undefined {
    return this.#rooms.get(roomId)?.get(instance)
  }

  #chatOf(roomId: string, instance: string | undefined): ArchivedMessage[] {
    const instances = this.#rooms.get(roomId) ?? new Map<string, Instance>()
    const chosen = instance === undefined ? [...instances.values()] : [instances.get(instance) ?? { chat: [] }]
    return chosen.flatMap(({ chat }) => chat)
  }

  #add(roomId: string, instance: string, state: ServerState): Instance {
    const added: Instance = { replay: emptyWindow(), state, chat: [] }
    const instances = this.#rooms.get(roomId) ?? new Map<string, Instance>()
    this.#rooms.set(roomId, instances.set(instance, added))
    this.#readers.add(roomId, instance, added.replay)
    return added
  }

  #trim(replay: ReplayWindow): void {
    trim(replay, this.#now(), this.#readers.readTo(replay))
  }

  *#instances(): Iterable<Instance> {
    for (const instances of this.#rooms.values()) yield* instances.values()
  }

  #note(roomId: string, kept: Instance, record: StoredRecord, bytes: number): void {
    const projection = projectionOf(record)
    const { identity, archived, deleted } = projection
    add(kept.replay, { record, identity, bytes, at: this.#now() })
    if (archived !== undefined) kept.chat.push(archived)
    if (deleted !== undefined) {
      kept.chat = kept.chat.filter(({ message }) => message.id !== deleted)
      rewrite(kept.replay, (record) => withoutText(record, deleted))
    }
    this.#tombstones.note(roomId, projection, record.at)
  }
}
