import type { Limits } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import type { Delivery } from '../../ports/connection'
import { type SharedFrames, textFrame } from './frames'

/** The stream that WebSocket frames go to. `written` is called when the operating system has the bytes, or with the error that lost them. */
export interface FrameSink {
  write(frames: Buffer, written: (error?: Error | null) => void): unknown
}

export type SendQueuePorts = {
  readonly clock: Pick<Clock, 'elapsed'>
  /** How large a frame and a queue may be, and when a reader counts as stalled. */
  readonly limits: Pick<Limits, 'maxFrameBytes' | 'maxQueuedBytes' | 'stalledMs'>
  /** The same for all connections of a server. */
  readonly frames: SharedFrames
}

type Waiting = { readonly text: string; readonly bytes: number; readonly delivery: Delivery }

/** Handed to the socket at once; the rest waits here, where casts can still be dropped. */
const MAX_IN_FLIGHT_BYTES = 256 * 1024

/** The messages that wait for one reader: joined into frames, bounded; casts are dropped first, and old presences. */
export class SendQueue {
  readonly #sink: FrameSink
  readonly #connection: { readonly isOpen: boolean }
  readonly #limits: SendQueuePorts['limits']
  readonly #frames: SharedFrames
  readonly #clock: SendQueuePorts['clock']
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #inFlightBytes = 0
  #progressAt: number

  constructor(sink: FrameSink, connection: { readonly isOpen: boolean }, { clock, limits, frames }: SendQueuePorts) {
    this.#sink = sink
    this.#connection = connection
    this.#limits = limits
    this.#frames = frames
    this.#clock = clock
    this.#progressAt = clock.elapsed()
  }

  /** Queues a message. False when the reader is too slow for it: nothing more may be queued then. */
  push(text: string, delivery: Delivery): boolean {
    const bytes = Buffer.byteLength(text)
    if (this.#isFullFor(bytes)) {
      if (delivery === 'droppable') return true
      this.#makeRoom(delivery)
      if (this.#isFullFor(bytes)) return false
    }
    this.#waiting.push({ text, bytes, delivery })
    this.#waitingBytes += bytes
    return true
  }

  /** Writes what is queued, as far as the reader keeps up; the rest follows by itself. */
  flush(): void {
    while (this.#waiting.length > 0 && this.#inFlightBytes < MAX_IN_FLIGHT_BYTES) this.#write()
  }

  /** Drops all that is queued but for one last message, and writes that. */
  finish(text: string): void {
    this.#drop()
    this.#sink.write(textFrame([text]), () => {})
  }

  /** Writes all that is queued, however slow the reader is: the connection ends behind it. */
  flushAll(): void {
    while (this.#waiting.length > 0) this.#write()
  }

  /** Whether the reader has taken nothing for too long, though something waits for it. */
  get isStalled(): boolean {
    return this.#inFlightBytes > 0 && this.#clock.elapsed() - this.#progressAt >= this.#limits.stalledMs
  }

  /** Bytes that wait here, or with the socket. */
  get bytes(): number {
    return this.#waitingBytes + this.#inFlightBytes
  }

  #isFullFor(bytes: number): boolean {
    return this.bytes > 0 && this.bytes + bytes > this.#limits.maxQueuedBytes
  }

  /** Drops what a slow reader may miss: casts, and what something newer of its kind stands behind. `next`: what comes now. */
  #makeRoom(next: Delivery): void {
    const seen = new Set(typeof next === 'object' ? [next.newestOf] : [])
    const needed = ({ delivery }: Waiting) => {
      if (typeof delivery !== 'object') return delivery !== 'droppable'
      if (seen.has(delivery.newestOf)) return false
      seen.add(delivery.newestOf)
      return true
    }
    this.#waiting = this.#waiting.reverse().filter(needed).reverse()
    this.#waitingBytes = this.#waiting.reduce((sum, each) => sum + each.bytes, 0)
  }

  /** What fits one frame, in one write: what all connections get in a frame that they share, answers in one of their own. */
  #write(): void {
    const messages = this.#cut()
    const bytes = messages.reduce((sum, each) => sum + each.bytes, 0)
    if (this.#inFlightBytes === 0) this.#progressAt = this.#clock.elapsed()
    this.#waitingBytes -= bytes
    this.#inFlightBytes += bytes
    const frames = runs(messages).map((run) => this.#frameOf(run))
    this.#sink.write(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames), (error) =>
      this.#written(bytes, error),
    )
  }

  #frameOf(run: readonly Waiting[]): Buffer {
    const texts = run.map(({ text }) => text)
    return run[0]?.delivery === 'answer' ? textFrame(texts) : this.#frames.of(texts)
  }

  #written(bytes: number, error: Error | null | undefined): void {
    this.#inFlightBytes -= bytes
    if (error || !this.#connection.isOpen) return this.#drop()
    this.#progressAt = this.#clock.elapsed()
    this.flush()
  }

  /** After a Close frame, of either end, no other frame may be sent (RFC 6455 §5.5.1). */
  #drop(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  /** As many messages as one frame holds, brackets and commas counted; one that is larger by itself goes alone. */
  #cut(): Waiting[] {
    let bytes = 1
    let count = 0
    for (const each of this.#waiting) {
      bytes += each.bytes + 1
      if (count > 0 && bytes > this.#limits.maxFrameBytes) break
      count++
    }
    if (count < this.#waiting.length) return this.#waiting.splice(0, count)
    // A new array: one that was filled once keeps its memory as long as the socket lives.
    const all = this.#waiting
    this.#waiting = []
    return all
  }
}

/** Messages in runs of answers and of others. */
function runs(messages: readonly Waiting[]): Waiting[][] {
  const found: Waiting[][] = []
  for (const each of messages) {
    const last = found.at(-1)
    if (last !== undefined && (last[0]?.delivery === 'answer') === (each.delivery === 'answer')) last.push(each)
    else found.push([each])
  }
  return found
}
