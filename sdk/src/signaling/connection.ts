import type { Clock } from '../ports/clock'
import { type ClientMessage, decodeServerFrame, encodeMessage, type ServerMessage } from '../protocol'
import { type Ending, endingOfClose } from './close-policy'
import { framesOf } from './frame-batching'
import { Socket, type WebSocketConstructor } from './socket'

/** From the first byte to the welcome. The server allows itself 5 s to check the token. */
const WELCOME_DEADLINE_MS = 10_000
/**
 * Browser JavaScript cannot see WebSocket pings: after so long a silence it asks whether the server is alive, as often as the
 * server pings, and gives it as long to answer. So a dead line is found in 30 s, and silence without a question means nothing: a
 * hidden tab may run its timers once a minute (https://developer.chrome.com/blog/timer-throttling-in-chrome-88), later than that.
 */
const HEARTBEAT_MS = 15_000
/** How long a server may take to answer when the page wakes up, before the socket counts as dead. */
const PROBE_MS = 5_000

export type ConnectionOptions = {
  readonly WebSocket: WebSocketConstructor
  readonly url: string
  readonly protocols: string[]
  readonly clock: Clock
}

export type ConnectionEvents = {
  /** The server took the socket. */
  opened(): void
  /** The messages of one frame, those that this version can read. */
  messages(messages: ServerMessage[]): void
  /** It is gone, or as good as gone. Comes once, and never after `close()`. */
  ended(ending: Ending, detail: string): void
}

/** One socket, from its request to its end: frames in both directions, and a watch on whether the other side still lives. */
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

  /** @throws what the WebSocket's constructor throws: a bad URL or subprotocol */
  constructor({ WebSocket, url, protocols, clock }: ConnectionOptions, events: ConnectionEvents) {
    this.#clock = clock
    this.#events = events
    this.#socket = new Socket(WebSocket, url, protocols, {
      opened: () => {
        this.#isOpen = true
        this.#events.opened()
      },
      frame: (text) => this.#heard(text),
      closed: (code) => this.#end(endingOfClose(code), `closed with ${code}`),
    })
    this.#cancelWatch = clock.after(WELCOME_DEADLINE_MS, () => this.#end({}, 'no welcome in 10 s'))
  }

  /** Whether the server took the socket. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** From now on the given handler is called instead. */
  handOver(events: ConnectionEvents): void {
    this.#events = events
  }

  /** The server has said who we are: from here on messages may be sent, and silence is watched. */
  welcomed(maxFrameBytes: number): void {
    this.#maxFrameBytes = maxFrameBytes
    this.#welcomed = true
    this.#watch()
  }

  /** Everything sent in one turn of the event loop leaves in one frame, as far as frames reach. */
  send(message: ClientMessage): void {
    this.#batch.push(encodeMessage(message))
    if (this.#batch.length === 1) queueMicrotask(() => this.#flush())
  }

  /**
   * The page was hidden, asleep or offline: timers may have stood still, and the socket may be dead without knowing. Anything
   * that is heard within `ms` says that it lives.
   */
  probe(ms = PROBE_MS): void {
    this.#cancelProbe()
    this.#cancelProbe = this.#clock.after(ms, () => this.#end({}, `no answer in ${ms} ms`))
    this.send({ type: 'heartbeat' })
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

  #heard(text: string): void {
    this.#cancelProbe()
    if (this.#welcomed) this.#watch()
    const messages = decodeServerFrame(text)?.flatMap((decoded) => (decoded.ok ? [decoded.message] : []))
    if (messages !== undefined && messages.length > 0) this.#events.messages(messages)
  }

  /** Begins anew with all that is heard. Silence, a question, and silence again: the line is dead. */
  #watch(): void {
    this.#cancelWatch()
    this.#cancelWatch = this.#clock.after(HEARTBEAT_MS, () => {
      this.send({ type: 'heartbeat' })
      this.#cancelWatch = this.#clock.after(HEARTBEAT_MS, () => this.#end({}, 'nothing heard for 30 s'))
    })
  }

  #end(ending: Ending, detail: string): void {
    if (this.#closed) return
    this.close()
    this.#events.ended(ending, detail)
  }
}
