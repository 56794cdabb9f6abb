/** Where the lines of a queue go. Neither call throws, or waits for the reader. */
export type Sink = {
  /** Writes these bytes, or a beginning of them, and calls back later: how many it were, or why there was none. */
  write(bytes: Buffer, done: (error: NodeJS.ErrnoException | null | undefined, written: number) => void): void
  /** Writes what can be written at once: the process ends. */
  writeLast(bytes: Buffer): void
}

/** Of lines that wait, with those being written: some thousand lines, for a reader who pauses. */
export const MAX_QUEUED_BYTES = 1024 * 1024
/** How long an end waits for them. */
const FLUSH_MS = 1000
const RETRY_MS = 100
/** What was written before has not been read. */
const FULL_FOR_NOW = ['EAGAIN', 'EBUSY']
const NEWLINE = 0x0a

/** Lines on their way out, in order. Those that find no room, or cannot be written, are dropped; a line tells how many once writing works. */
export class LineQueue {
  readonly #sink: Sink
  readonly #onIdle: (() => void)[] = []
  #waiting = ''
  #waitingBytes = 0
  /** What is being written, but for its beginning that has been. */
  #inHand = Buffer.alloc(0)
  #retry: NodeJS.Timeout | undefined
  #works = true
  /** The last byte that was written ended no line. */
  #torn = false
  #dropped = 0
  /** How many of these the lines in hand tell of. */
  #told = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Takes a line, its newline included. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#inHand.length + this.#waitingBytes + bytes > MAX_QUEUED_BYTES) this.#dropped++
    else {
      this.#waiting += line
      this.#waitingBytes += bytes
    }
    if (this.#inHand.length === 0) this.#next()
  }

  /** Waits until no line waits, for a second at most. */
  async flushed(): Promise<void> {
    if (this.#inHand.length === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
      timer = setTimeout(resolve, FLUSH_MS)
    })
    clearTimeout(timer)
  }

  /** Tries once what waits, as the process ends. */
  writeLast(): void {
    const inHand = this.#retry === undefined ? Buffer.alloc(0) : this.#inHand
    const rest = Buffer.concat([inHand, Buffer.from(this.#waiting)])
    if (rest.length > 0) this.#sink.writeLast(rest)
  }

  #next(): void {
    if (this.#works && this.#dropped > 0) {
      this.#told = this.#dropped
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
    this.#dropped -= this.#told
    this.#told = 0
  }

  /** There is nowhere left to say why. */
  #giveUp(): void {
    const lines = this.#inHand.toString().match(/[^\n]\n/g)?.length ?? 0
    this.#dropped += this.#told > 0 ? lines - 1 : lines
    this.#told = 0
    this.#works = false
    this.#inHand = Buffer.alloc(0)
  }
}

const lineOf = (dropped: number): string =>
  `${JSON.stringify({ level: 40, time: Date.now(), msg: 'log lines were dropped: stderr was full, or was not read', dropped })}\n`
