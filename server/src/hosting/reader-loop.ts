import type { Clock } from '../ports/clock'
import type { Logger } from '../ports/logger'
import { endOf, type RecordReader, type RecordSource } from '../ports/record-feed'

/** How long to wait after a fault before the same is tried again, in ms: twice as long each time. */
const FIRST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 60_000

/** After so many failures in a row. */
export const retryAfter = (failures: number): number => Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)

export type ReaderLoopPorts = { readonly source: RecordSource; readonly clock: Clock; readonly logger: Logger }

type OpenedRoom = { readonly roomId: string; readonly instance: string }
/** `isWaiting`: until its retry is due. */
type Failure = { readonly times: number; readonly isWaiting: boolean; readonly cancelRetry: () => void }

const keyOf = ({ roomId, instance }: OpenedRoom): string => `${roomId}/${instance}`

/** Reads for one reader: one page of each instance in turn. An instance that fails is read again later, and the others go on. */
export class ReaderLoop {
  readonly #reader: RecordReader
  readonly #ports: ReaderLoopPorts
  /** Instances of which there may be something to read. */
  readonly #due = new Map<string, OpenedRoom>()
  /** Instances whose last page failed, and how often in a row. */
  readonly #failures = new Map<string, Failure>()
  #state: 'new' | 'idle' | 'running' | 'closed' = 'new'

  constructor(reader: RecordReader, ports: ReaderLoopPorts) {
    this.#reader = reader
    this.#ports = ports
  }

  /** Starts, once: what was kept before is asked of the log. */
  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'idle'
    void this.#addUnread(1)
  }

  /** There is something new to read. Before the start that is left to the log. */
  add(opened: OpenedRoom): void {
    const key = keyOf(opened)
    if (this.#state === 'new' || this.#state === 'closed' || this.#failures.get(key)?.isWaiting) return
    this.#due.set(key, opened)
    if (this.#state === 'idle') void this.#run()
  }

  /** Begins no other page. Idempotent. */
  close(): void {
    this.#state = 'closed'
    for (const { cancelRetry } of this.#failures.values()) cancelRetry()
  }

  async #addUnread(attempt: number): Promise<void> {
    const { source, clock, logger } = this.#ports
    try {
      for (const opened of await source.unread(this.#reader.name)) this.add(opened)
    } catch (error) {
      logger.warn({ err: error, reader: this.#reader.name }, 'the log could not tell what a reader has not read')
      if (!this.#isClosed) clock.after(retryAfter(attempt), () => void this.#addUnread(attempt + 1))
    }
  }

  async #run(): Promise<void> {
    this.#state = 'running'
    // What is added meanwhile comes at the end of the same walk.
    for (const [key, opened] of this.#due) {
      this.#due.delete(key)
      await this.#readOnce(key, opened)
      if (this.#isClosed) return
    }
    this.#state = 'idle'
  }

  async #readOnce(key: string, opened: OpenedRoom): Promise<void> {
    try {
      if (await this.#readPage(opened)) this.#due.set(key, opened)
      this.#failures.delete(key)
    } catch (error) {
      this.#retryLater(key, opened, error)
    }
  }

  /** Whether there was a page: there may be another one. */
  async #readPage({ roomId, instance }: OpenedRoom): Promise<boolean> {
    const { source } = this.#ports
    const page = await source.nextPage(this.#reader.name, roomId, instance)
    if (page === undefined || this.#isClosed) return false
    await this.#reader.read(page)
    if (this.#isClosed) return false
    await source.savePosition(this.#reader.name, roomId, instance, endOf(page))
    return true
  }

  #retryLater(key: string, opened: OpenedRoom, error: unknown): void {
    if (this.#isClosed) return
    const { clock, logger } = this.#ports
    const times = (this.#failures.get(key)?.times ?? 0) + 1
    const retryMs = retryAfter(times)
    logger.warn(
      { err: error, reader: this.#reader.name, room: opened.roomId, retryMs },
      'a reader of records has failed',
    )
    this.#due.delete(key)
    const cancelRetry = clock.after(retryMs, () => {
      this.#failures.set(key, { times, isWaiting: false, cancelRetry })
      this.add(opened)
    })
    this.#failures.set(key, { times, isWaiting: true, cancelRetry })
  }

  get #isClosed(): boolean {
    return this.#state === 'closed'
  }
}
