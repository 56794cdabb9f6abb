/** The output of a queue. Its methods do not throw, and do not wait for the reader. */
export type Sink = {
  /** Writes all or the first of these bytes, and calls back later with their number or an error. */
  write(bytes: Buffer, done: (error: NodeJS.ErrnoException | null | undefined, written: number) => void): void
  /** Writes as much as possible at once, because the process is exiting. */
  writeLast(bytes: Buffer): void
}

/** Bytes of lines that wait or are being written: some thousand lines, for a reader that pauses. */
export const MAX_QUEUED_BYTES = 1024 * 1024
/** How long the end of the process waits for these lines. */
const FLUSH_MS = 1000
const RETRY_MS = 100
/** Errors of a write while earlier output is not read yet. */
const FULL_FOR_NOW = ['EAGAIN', 'EBUSY']
const NEWLINE = 0x0a

/** Lines that wait to be written, in order. When the queue is full or a write fails, lines are dropped; a later line contains their number. */
export class LineQueue {
  readonly #sink: Sink
  readonly #onIdle: (() => void)[] = []
  #waiting = ''
  #waitingBytes = 0
  /** The rest of the lines that are being written. */
  #inHand = Buffer.alloc(0)
  #retry: NodeJS.Timeout | undefined
  #works = true
  /** Whether the last written byte was inside a line. */
  #torn = false
  #dropped = 0
  /** How many of these are counted in the lines that are being written. */
  #reported = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Adds a line, which must end with a newline. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#inHand.length + this.#waitingBytes + bytes > MAX_QUEUED_BYTES) this.#dropped++
    else {
      this.#waiting += line
      this.#waitingBytes += bytes
    }
    if (this.#inHand.length === 0) this.#next()
  }

  /** Waits until all lines are written, for a second at most. */
  async flushed(): Promise<void> {
    if (this.#inHand.length === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
      timer = setTimeout(resolve, FLUSH_MS)
    })
    clearTimeout(timer)
  }

  /** Tries once to write the waiting lines, because the process is exiting. */
  writeLast(): void {
    const inHand = this.#retry === undefined ? Buffer.alloc(0) : this.#inHand
    const rest = Buffer.concat([inHand, Buffer.from(this.#waiting)])
    if (rest.length > 0) this.#sink.writeLast(rest)
  }

  #next(): void {
    if (this.#works && this.#dropped > 0) {
      this.#reported = this.#dropped
      this.#waiting += lineOf(this.#dropped)
    }
    if (this.#waiting === '') {
      for (const resolve of this.#onIdle.splice(0)) resolve()
      return
    }
    this.#inHand = Buffer.from((this.#torn ? '\n' : '') + this.#waiting)
    this.#waiting = ''
    this.#waitingBytes = 0
    this.#push()
  }

  #push(): void {
    this.#retry = undefined
    this.#sink.write(this.#inHand, (error, written) => {
      if (error?.code !== undefined && FULL_FOR_NOW.includes(error.code)) {
        this.#retry = setTimeout(() => this.#push(), RETRY_MS).unref()
        return
      }
      if (error) this.#giveUp()
      else this.#advance(written)
      if (this.#inHand.length > 0) this.#push()
      else this.#next()
    })
  }

  #advance(written: number): void {
    this.#torn = this.#inHand[written - 1] !== NEWLINE
    this.#inHand = this.#inHand.subarray(written)
    if (this.#inHand.length > 0) return
    this.#works = true
    this.#dropped -= this.#reported
    this.#reported = 0
  }

  /** Drops the lines. There is no other output for the reason. */
  #giveUp(): void {
    const lines = this.#inHand.toString().match(/[^\n]\n/g)?.length ?? 0
    this.#dropped += this.#reported > 0 ? lines - 1 : lines
    this.#reported = 0
    this.#works = false
    this.#inHand = Buffer.alloc(0)
  }
}

const lineOf = (dropped: number): string =>
  `${JSON.stringify({ level: 40, time: Date.now(), msg: 'log lines were dropped: stderr was full, or was not read', dropped })}\n`
