import { pageAfter, type RecordPage, type RecordSource } from '../../ports/record-feed'
import { pageOf, type ReplayWindow, trim } from './replay'

type Held = {
  readonly roomId: string
  readonly instance: string
  readonly replay: ReplayWindow
  /** The last seq that each reader has read. */
  readonly positions: Map<string, number>
  isForgotten: boolean
}

/** The position of each reader in each instance. Instances that the log has forgotten stay here until all readers have read them. */
export class RecordReaders implements RecordSource {
  readonly #now: () => number
  readonly #held = new Map<ReplayWindow, Held>()
  #names: readonly string[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** Adds a new instance, which no reader has read. */
  add(roomId: string, instance: string, replay: ReplayWindow): void {
    const positions = new Map(this.#names.map((name) => [name, 0]))
    this.#held.set(replay, { roomId, instance, replay, positions, isForgotten: false })
  }

  /** The seq up to which all readers have read an instance; infinite without readers. */
  readTo(replay: ReplayWindow): number {
    return Math.min(Number.POSITIVE_INFINITY, ...(this.#held.get(replay)?.positions.values() ?? []))
  }

  forget(replay: ReplayWindow): void {
    const held = this.#held.get(replay)
    if (held !== undefined) held.isForgotten = true
    for (const each of this.#held.values()) if (each.isForgotten) this.#release(each)
  }

  eraseRoom(roomId: string): void {
    for (const held of this.#held.values()) if (held.roomId === roomId) this.#held.delete(held.replay)
  }

  windows(): Iterable<ReplayWindow> {
    return this.#held.keys()
  }

  clear(): void {
    this.#held.clear()
  }

  async setReaders(names: readonly string[]): Promise<void> {
    const added = names.filter((name) => !this.#names.includes(name))
    const removed = this.#names.filter((name) => !names.includes(name))
    this.#names = [...names]
    for (const held of this.#held.values()) {
      for (const name of removed) held.positions.delete(name)
      for (const name of added) held.positions.set(name, held.replay.lastSeq)
      if (held.isForgotten) this.#release(held)
    }
  }

  async unread(reader: string) {
    return [...this.#held.values()].filter(
      (held) => (held.positions.get(reader) ?? held.replay.lastSeq) < held.replay.lastSeq,
    )
  }

  async nextPage(reader: string, roomId: string, instance: string): Promise<RecordPage | undefined> {
    const held = this.#find(roomId, instance)
    const position = held?.positions.get(reader)
    if (held === undefined || position === undefined) return undefined
    trim(held.replay, this.#now(), this.readTo(held.replay))
    return pageAfter({ roomId, instance }, position, pageOf(held.replay, position), held.replay.lastSeq)
  }

  async savePosition(reader: string, roomId: string, instance: string, seq: number): Promise<void> {
    const held = this.#find(roomId, instance)
    const before = held?.positions.get(reader)
    if (held === undefined || before === undefined || seq <= before) return
    held.positions.set(reader, seq)
    if (held.isForgotten) this.#release(held)
  }

  #find(roomId: string, instance: string): Held | undefined {
    return [...this.#held.values()].find((held) => held.roomId === roomId && held.instance === instance)
  }

  /** Drops a forgotten instance if all readers have read it; otherwise drops its records beyond the bound. */
  #release({ replay }: Held): void {
    const readTo = this.readTo(replay)
    if (readTo >= replay.lastSeq) this.#held.delete(replay)
    else trim(replay, this.#now(), readTo)
  }
}
