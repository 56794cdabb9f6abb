import type { Clock } from '../ports/clock'
import type { Batch } from '../ports/event-log'
import { LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { RecordReader, RecordSource } from '../ports/record-feed'
import { ReaderLoop, retryAfter } from './reader-loop'

export type RecordFeedPorts = {
  readonly source: RecordSource
  readonly readers: readonly RecordReader[]
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Gives the records of all rooms to readers, after they were kept. Each reader has one page at a time and its own pace: rooms never
 * wait for one, nor do other readers.
 */
export class RecordFeed {
  readonly #ports: RecordFeedPorts
  readonly #loops: readonly ReaderLoop[]
  #failures = 0
  #state: 'idle' | 'starting' | 'running' | 'closed' = 'idle'
  #cancelRetry = () => {}

  constructor(ports: RecordFeedPorts) {
    this.#ports = ports
    this.#loops = ports.readers.map((reader) => new ReaderLoop(reader, ports))
  }

  /** Starts, once: makes the readers known to the log, and goes on where each of them was. What fails is tried again. */
  async start(): Promise<void> {
    if (this.#state === 'closed' || this.#state === 'running') return
    this.#state = 'starting'
    const { source, readers, clock, logger } = this.#ports
    try {
      await source.setReaders(readers.map(({ name }) => name))
    } catch (error) {
      if (!(error instanceof LogUnavailable))
        logger.error({ err: error }, 'the readers of records could not be started')
      if (this.#isClosed) return
      this.#cancelRetry = clock.after(retryAfter(++this.#failures), () => void this.start())
      return
    }
    if (this.#isClosed) return
    this.#state = 'running'
    for (const loop of this.#loops) loop.start()
  }

  /** A batch was kept: its records are there for readers. Never waits. */
  kept({ roomId, instance }: Pick<Batch, 'roomId' | 'instance'>): void {
    for (const loop of this.#loops) loop.add({ roomId, instance })
  }

  /** Gives no more pages. One that is being read may be read to its end; its position is not saved then. Idempotent. */
  close(): void {
    this.#state = 'closed'
    this.#cancelRetry()
    for (const loop of this.#loops) loop.close()
  }

  get #isClosed(): boolean {
    return this.#state === 'closed'
  }
}
