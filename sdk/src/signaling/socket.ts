/** The members of a WebSocket that the client uses: the browser's class and the one of `ws` have them. Handlers are set, never read. */
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
  /** The socket is closed; `code` is the WebSocket close code, 1006 if there was none. Called once. */
  closed(code: number): void
}

/** 1000: a normal end. A browser allows a page this code and 3000–4999 only. */
const NORMAL = 1000

/** One WebSocket. After `close()` its events are ignored. */
export class Socket {
  readonly #socket: WebSocketLike
  #events: SocketEvents | undefined

  /** @throws what the WebSocket's constructor throws: a bad URL or subprotocol */
  constructor(WebSocket: WebSocketConstructor, url: string, protocols: string[], events: SocketEvents) {
    this.#events = events
    this.#socket = new WebSocket(url, protocols)
    // A socket that was closed before it opened may still open: it is closed then.
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
      // Thrown only while connecting or closing; a close event follows.
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
