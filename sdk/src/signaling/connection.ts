import { type Clock, watchProgress } from '../ports/clock'
import {
  type ClientMessage,
  decodeServerFrame,
  encodeMessage,
  joinFrame,
  type ServerMessage,
  utf8Bytes,
} from '../protocol'
import { type Ending, endingOfClose } from './close-policy'
import { Socket, type WebSocketConstructor } from './socket'

/**
 * Browser JavaScript cannot see WebSocket pings. So after this time without a message it sends a heartbeat, and waits as long for
 * an answer: a dead connection is found in 30 s. Silence alone is no proof, as a hidden tab may run its timers only once a minute
 * (https://developer.chrome.com/blog/timer-throttling-in-chrome-88).
 */
const HEARTBEAT_MS = 15_000
/** How long a server may take to answer after the page woke up. Then the socket counts as dead. */
const PROBE_MS = 5_000
/** How long it may take when links have fallen silent: three round trips as measured, but at least this long. */
const SHORTEST_CHECK_MS = 700
const ROUND_TRIPS = 3
/** Checks do not follow each other sooner. */
const CHECK_EVERY_MS = 3_000
/** A check that follows another one so soon gives the server at least `AGAIN_MS`: the link is unwell for another reason than this network. */
const SOON_MS = 10_000
const AGAIN_MS = 3_000

export type ConnectionPorts = {
  readonly WebSocket: WebSocketConstructor
  readonly url: string
  readonly protocols: string[]
  readonly clock: Clock
  /** How long it may take from opening the socket to the welcome, in ms. */
  readonly limitMs: number
}

export type ConnectionEvents = {
  /** The server accepted the socket. */
  opened(): void
  /** The messages of one frame that this version can read. */
  messages(messages: ServerMessage[]): void
  /** The connection is closed, or counts as dead. Called once, and never after `close()`. */
  ended(ending: Ending, detail: string): void
}

/** One socket, from its request to its end: frames in both directions, and checks that the server is still there. */
export class Connection {
  readonly #clock: Clock
  #events: ConnectionEvents
  readonly #socket: Socket
  #batch: string[] = []
  #cancelWatch: () => void
  #cancelProbe = () => {}
  #maxFrameBytes = 0
  #welcomed = false
  #isOpen = false
  #closed = false
  #roundTripMs: number | undefined
  #askedAt: number | undefined
  #isChecked = false
  #checkedAt = Number.NEGATIVE_INFINITY

  /** @throws what the WebSocket's constructor throws: a bad URL or subprotocol */
  constructor({ WebSocket, url, protocols, clock, limitMs }: ConnectionPorts, events: ConnectionEvents) {
    const startedAt = clock.now()
    this.#clock = clock
    this.#events = events
    this.#socket = new Socket(WebSocket, url, protocols, {
      opened: () => {
        this.#isOpen = true
        // More than one round trip: TCP, TLS and the upgrade.
        this.#roundTripMs = clock.now() - startedAt
        this.#events.opened()
      },
      frame: (text) => this.#received(text),
      closed: (code) => this.#end(endingOfClose(code), `closed with ${code}`),
    })
    this.#cancelWatch = clock.after(limitMs, () => this.#end({}, `no welcome in ${limitMs} ms`))
  }

  /** Whether the server accepted the socket. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** From now on these handlers are called instead. */
  handOver(events: ConnectionEvents): void {
    this.#events = events
  }

  /** The server has sent `welcome` or `held`: from now on messages may be sent, and silence is watched. */
  welcomed(maxFrameBytes: number): void {
    this.#maxFrameBytes = maxFrameBytes
    this.#welcomed = true
    this.#watch()
  }

  /** Messages of one turn of the event loop are sent in one frame, or in several if they do not fit. */
  send(message: ClientMessage): void {
    this.#batch.push(encodeMessage(message))
    if (this.#batch.length === 1) queueMicrotask(() => this.#flush())
  }

  /**
   * The page was hidden, asleep or offline: timers may have been stopped, and the socket may be dead without an event. Any frame
   * that arrives within `ms` proves that it is alive.
   */
  probe(ms = PROBE_MS): void {
    this.#cancelProbe()
    this.#cancelProbe = this.#clock.after(ms, () => this.#end({}, `no answer in ${ms} ms`))
    this.#ask()
  }

  /**
   * A link has fallen silent. The network of this page may be gone, which TCP alone finds out only after minutes. Does nothing while
   * an answer is awaited.
   */
  check(): void {
    const now = this.#clock.now()
    if (!this.#welcomed || this.#isChecked || now - this.#checkedAt < CHECK_EVERY_MS) return
    this.#isChecked = true
    const least = now - this.#checkedAt < SOON_MS ? AGAIN_MS : SHORTEST_CHECK_MS
    const limitMs = Math.min(PROBE_MS, Math.max(least, ROUND_TRIPS * (this.#roundTripMs ?? PROBE_MS)))
    this.#checkedAt = now
    this.#cancelProbe()
    this.#cancelProbe = watchProgress(this.#clock, limitMs, () => this.#end({}, `no answer in ${limitMs} ms`)).cancel
    this.#ask()
  }

  /** Idempotent; no event comes after it. */
  close(): void {
    this.#closed = true
    this.#cancelWatch()
    this.#cancelProbe()
    this.#socket.close()
  }

  #flush(): void {
    if (this.#closed) return
    for (const frame of framesOf(this.#batch.splice(0), this.#maxFrameBytes)) this.#socket.send(frame)
  }

  #received(text: string): void {
    this.#cancelProbe()
    this.#isChecked = false
    if (this.#welcomed) this.#watch()
    const messages = decodeServerFrame(text)?.flatMap((decoded) => (decoded.ok ? [decoded.message] : []))
    if (messages?.some(({ type }) => type === 'heartbeat')) this.#answered()
    if (messages !== undefined && messages.length > 0) this.#events.messages(messages)
  }

  #ask(): void {
    this.#askedAt = this.#clock.now()
    this.send({ type: 'heartbeat' })
  }

  /** The server has answered a heartbeat. */
  #answered(): void {
    if (this.#askedAt !== undefined) this.#roundTripMs = this.#clock.now() - this.#askedAt
    this.#askedAt = undefined
  }

  /** Starts again with each frame. Silence, a heartbeat, and silence again: the connection is dead. */
  #watch(): void {
    this.#cancelWatch()
    this.#cancelWatch = this.#clock.after(HEARTBEAT_MS, () => {
      this.#ask()
      this.#cancelWatch = this.#clock.after(HEARTBEAT_MS, () => this.#end({}, 'nothing heard for 30 s'))
    })
  }

  #end(ending: Ending, detail: string): void {
    if (this.#closed) return
    this.close()
    this.#events.ended(ending, detail)
  }
}

/** The two brackets of a frame. */
const BRACKETS = 2

/** Whether one encoded message fits into a frame of its own. */
export const fitsFrame = (message: string, maxFrameBytes: number): boolean =>
  // Most are so short that nothing needs counting: no code unit has more than three bytes.
  message.length * 3 + BRACKETS <= maxFrameBytes || utf8Bytes(message) + BRACKETS <= maxFrameBytes

/** Encoded messages, in order, in as few frames of at most `maxFrameBytes` as possible. Each message must fit into a frame. */
export function framesOf(messages: readonly string[], maxFrameBytes: number): string[] {
  const frames: string[] = []
  let batch: string[] = []
  let bytes = BRACKETS
  for (const message of messages) {
    const size = utf8Bytes(message) + 1
    if (batch.length > 0 && bytes + size - 1 > maxFrameBytes) {
      frames.push(joinFrame(batch))
      batch = []
      bytes = BRACKETS
    }
    batch.push(message)
    bytes += size
  }
  if (batch.length > 0) frames.push(joinFrame(batch))
  return frames
}
