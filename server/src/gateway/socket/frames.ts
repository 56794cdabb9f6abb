// The WebSocket frames of one connection: reading those of its client, which pauses while too many commands are in flight, and writing those of the server.
import { type ClientMessage, type Decoded, decodeClientFrame, joinFrame } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import type { Delivery } from '../../ports/connection'

/** What a reader calls for the messages of a client. Neither function throws. */
export interface FrameEvents {
  /** One message of a frame; `ok: false` where it could not be decoded. */
  message(decoded: Decoded<ClientMessage>): void
  /** A frame that is not a JSON array, or not text. */
  badFrame(): void
}

/** A `ws` socket. */
type Pausable = { pause(): void; resume(): void }

/** An honest client has at most the limit in flight. A client with twice as many is not read until it is back at the limit. */
const PAUSED_AT = 2

/**
 * Counts the commands of one connection that wait for their reply, and pauses its socket while there are too many: what the
 * client sends then stays with its operating system.
 */
export abstract class InFlightCommands {
  readonly #socket: Pausable
  readonly #ports: InFlightPorts
  #count = 0
  #paused = false

  constructor(socket: Pausable, ports: InFlightPorts) {
    this.#socket = socket
    this.#ports = ports
  }

  /** Called in an event-loop turn of its own when the socket is read again. */
  protected abstract resumed(): void

  get #limit(): number {
    return this.#ports.limits.maxUnansweredCommands
  }

  /** Whether the socket is not read for now, as too many commands are in flight. */
  get isPaused(): boolean {
    return this.#paused
  }

  /** One more is in flight: it will have a reply. */
  commandStarted(): void {
    this.#count++
    if (this.#paused || this.#count < PAUSED_AT * this.#limit) return
    this.#paused = true
    this.#socket.pause()
  }

  /** One has its reply. */
  commandFinished(): void {
    this.#count = Math.max(0, this.#count - 1)
    if (!this.#paused || this.#count > this.#limit) return
    // The room is in the middle of a batch now: nothing calls back into it.
    this.#ports.clock.nextTurn(() => this.#resume())
  }

  /** Each reply below the limit has scheduled this, and the first one may have filled it up again. */
  #resume(): void {
    if (!this.#paused || this.#count > this.#limit) return
    this.#paused = false
    this.#socket.resume()
    this.resumed()
  }
}

type InFlightPorts = {
  readonly clock: Pick<Clock, 'nextTurn'>
  readonly limits: { readonly maxUnansweredCommands: number }
}

/** The connection that is read. */
type OpenConnection = { readonly isOpen: boolean; flush(): void }

/** A decoded message, or a frame that is not valid. */
type Received = Decoded<ClientMessage> | 'bad frame'
/** One for all readers: they wait for nothing nearly always. */
const NOTHING_WAITS: readonly Received[] = []

/**
 * Reads frames message by message, and stops in between while too many commands are in flight. A paused socket still delivers
 * what it has read, and a frame has many messages: those wait here, 64 KiB of them at most and a frame.
 */
export class FrameReader extends InFlightCommands {
  readonly #connection: OpenConnection
  #waiting = NOTHING_WAITS
  #events: FrameEvents | undefined

  constructor(connection: OpenConnection, socket: Pausable, ports: InFlightPorts) {
    super(socket, ports)
    this.#connection = connection
  }

  /** Gives everything to `events` from now on, beginning with what has been read so far. */
  start(events: FrameEvents): void {
    this.#events = events
    this.#deliver()
  }

  /** One frame of the client. */
  read(data: Buffer, isBinary: boolean): void {
    if (!this.#connection.isOpen) return
    const frame = isBinary ? undefined : decodeClientFrame(data.toString())
    const received = frame ?? (['bad frame'] as const)
    this.#waiting = this.#waiting.length === 0 ? received : [...this.#waiting, ...received]
    this.#deliver()
  }

  protected override resumed(): void {
    this.#deliver()
  }

  #deliver(): void {
    const [connection, events] = [this.#connection, this.#events]
    if (events === undefined) return
    let taken = 0
    while (connection.isOpen && !this.isPaused) {
      const received = this.#waiting[taken]
      if (received === undefined) break
      taken++
      if (received === 'bad frame') events.badFrame()
      else events.message(received)
    }
    this.#waiting = connection.isOpen && taken < this.#waiting.length ? this.#waiting.slice(taken) : NOTHING_WAITS
    connection.flush()
  }
}

/** FIN, and the opcode of a text frame: RFC 6455 §5.2. */
const FINAL_TEXT = 0x81
/** The length of a payload up to here is written in 7 bits, up to 65,535 bytes in 16 bits, else in 64. */
const SHORT = 125
const MEDIUM = 0xffff

/** Encoded messages as one WebSocket frame of a server: text, whole, not masked, not compressed. */
export function textFrame(messages: readonly Pick<Waiting, 'text'>[]): Buffer {
  const text = joinFrame(messages.map((message) => message.text))
  const length = Buffer.byteLength(text)
  const start = length <= SHORT ? 2 : length <= MEDIUM ? 4 : 10
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = FINAL_TEXT
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, start)
  return frame
}

/** A message that waits for its reader. `bytes`: of its text as UTF-8. */
export type Waiting = { readonly text: string; readonly bytes: number; readonly delivery: Delivery }

/** Lists of messages whose frames are known at once: that of a batch, and a few of what single connections got meanwhile. */
const FRAMES_KNOWN = 4

/**
 * Messages and their frames. All connections of a room get the same ones, one after the other: those share them, also where what goes
 * to a single connection comes in between. They are forgotten when the running code is done: they may hold a welcome with TURN passwords.
 */
export class SharedFrames {
  #last: Waiting | undefined
  #known: { readonly messages: readonly Waiting[]; readonly frame: Buffer }[] = []

  /** A message as it waits for one of its readers: the same object as for the reader before, where it is the same message. */
  waiting(text: string, delivery: Delivery): Waiting {
    const last = this.#last
    if (last !== undefined && last.text === text && last.delivery === delivery) return last
    if (last === undefined) this.#forgetSoon()
    this.#last = { text, bytes: Buffer.byteLength(text), delivery }
    return this.#last
  }

  /** The frame of these messages. */
  of(messages: readonly Waiting[]): Buffer {
    const known = this.#known.find((each) => isSame(each.messages, messages))
    if (known !== undefined) return known.frame
    if (this.#known.length === 0) this.#forgetSoon()
    // What was encoded first stays: it is what most connections get.
    else if (this.#known.length === FRAMES_KNOWN) this.#known.pop()
    const frame = textFrame(messages)
    this.#known.push({ messages, frame })
    return frame
  }

  #forgetSoon(): void {
    queueMicrotask(() => {
      this.#last = undefined
      this.#known = []
    })
  }
}

const isSame = (some: readonly Waiting[], others: readonly Waiting[]): boolean =>
  some.length === others.length && some.every((each, i) => each === others[i])
