import type { Limits } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import type { Delivery } from '../../ports/connection'
import { type SharedFrames, textFrame, type Waiting } from './frames'

/** The stream that WebSocket frames go to. `written` is called when the operating system has the bytes, or with the error that lost them. */
export interface FrameSink {
  write(frame: Buffer, written?: (error?: Error | null) => void): unknown
  /** What is written from now on leaves together, in one call of the operating system, when `uncork` is called. */
  cork(): void
  uncork(): void
}

export type SendQueuePorts = {
  readonly clock: Pick<Clock, 'elapsed'>
  /** How large a frame and a queue may be, and when a reader counts as stalled. */
  readonly limits: Pick<Limits, 'maxFrameBytes' | 'maxQueuedBytes' | 'stalledMs'>
  /** The same for all connections of a server. */
  readonly frames: SharedFrames
}

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
    const waiting = this.#frames.waiting(text, delivery)
    const { bytes } = waiting
    if (this.#isFullFor(bytes)) {
      if (delivery === 'droppable') return true
      this.#makeRoom(delivery)
      if (this.#isFullFor(bytes)) return false
    }
    this.#waiting.push(waiting)
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
    this.#sink.write(textFrame([{ text }]), () => {})
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
    this.#writeFrames(frames, (error) => this.#written(bytes, error))
  }

  /** Frames that others share are not copied: to join them to an answer cost an eighth of all CPU where each reader speaks too. */
  #writeFrames(frames: readonly Buffer[], written: (error?: Error | null) => void): void {
    if (frames.length > 1) this.#sink.cork()
    for (const [i, frame] of frames.entries()) {
      if (i < frames.length - 1) this.#sink.write(frame)
      else this.#sink.write(frame, written)
    }
    if (frames.length > 1) this.#sink.uncork()
  }

  #frameOf(run: readonly Waiting[]): Buffer {
    return isAnswer(run[0]) ? textFrame(run) : this.#frames.of(run)
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
  let from = 0
  for (let to = 1; to <= messages.length; to++) {
    if (to < messages.length && isAnswer(messages[to]) === isAnswer(messages[from])) continue
    found.push(messages.slice(from, to))
    from = to
  }
  return found
}

const isAnswer = (message: Waiting | undefined): boolean => message?.delivery === 'answer'
