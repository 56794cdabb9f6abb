/** What is needed of a WebSocket: the browser's own and the one of `ws` both have it. Handlers are set, never read. */
export interface WebSocketLike {
  /** Called when it is open. */
  onopen: unknown
  /** Called with each frame. */
  onmessage: unknown
  /** Called when it has closed. */
  onclose: unknown
  /** Called when it failed. */
  onerror: unknown
  /** Sends a text frame. */
  send(data: string): void
  /** Begins to close. */
  close(code?: number, reason?: string): void
}
/** The class of a WebSocket: the browser's own, or the one of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike

export type SocketEvents = {
  opened(): void
  /** A text frame. */
  frame(text: string): void
  /** The socket is gone; `code` is the WebSocket close code, 1006 when there was none. Comes once. */
  closed(code: number): void
}

/** 1000: a normal end. A browser allows a page this code and 3000–4999 only. */
const NORMAL = 1000

/** One WebSocket. Once closed from here it is orphaned: later events of it are ignored. */
export class Socket {
  readonly #socket: WebSocketLike
  #events: SocketEvents | undefined

  /** @throws what the WebSocket's constructor throws: a bad URL or subprotocol */
  constructor(WebSocket: WebSocketConstructor, url: string, protocols: string[], events: SocketEvents) {
    this.#events = events
    this.#socket = new WebSocket(url, protocols)
    // One that was closed before it was open, and opens all the same, is closed then.
    this.#socket.onopen = () => (this.#events ? this.#events.opened() : this.close())
    this.#socket.onmessage = (event: { data: unknown }) => {
      if (typeof event.data === 'string') this.#events?.frame(event.data)
    }
    // A close follows every error; without a handler, `ws` would throw the error instead.
    this.#socket.onerror = () => undefined
    this.#socket.onclose = (event: { code: number }) => this.#closed(event.code)
  }

  send(frame: string): void {
    try {
      this.#socket.send(frame)
    } catch {
      // Thrown while connecting or closing only; the close event tells the rest.
    }
  }

  /** Idempotent. No event comes after it. */
  close(): void {
    this.#events = undefined
    try {
      this.#socket.close(NORMAL)
    } catch {
      // Closed already.
    }
  }

  #closed(code: number): void {
    const events = this.#events
    this.#events = undefined
    events?.closed(code)
  }
}
