import { WebSocket } from 'ws'

/** What a WebSocket calls its connection with. No function throws. */
export interface SocketEvents {
  received(data: Buffer, isBinary: boolean): void
  /** `ws` closes the socket by itself. */
  failed(error: NodeJS.ErrnoException): void
  /** `code`: the close code of the peer. */
  closed(code: number): void
}

/** A WebSocket that keeps the object whose functions its listeners call. All sockets share these listeners: closures for each socket would cost memory. */
export class ClientSocket extends WebSocket {
  events: SocketEvents | undefined
  /** Whether it was pinged, and its peer has sent nothing since. */
  isPinged = false

  /** Calls `events` from now on. Call it once. */
  emitTo(events: SocketEvents): void {
    this.events = events
    this.on('message', onMessage as OnMessage)
      .on('ping', onAlive as OnAlive)
      .on('pong', onAlive as OnAlive)
      .on('error', onError as OnError)
      .on('close', onClose as OnClose)
  }

  /** Pings the peer. False if it has sent nothing since the ping before. */
  pingPeer(): boolean {
    // A paused socket is not read, so an answer to the last ping could not be seen.
    if (this.isPaused) this.isPinged = false
    else if (this.isPinged) return false
    else {
      this.isPinged = true
      if (this.readyState === this.OPEN) this.ping()
    }
    return true
  }
}

// The types of `ws` do not know that an emitter calls a listener on itself.
type OnMessage = (this: WebSocket, data: Buffer, isBinary: boolean) => void
type OnAlive = (this: WebSocket) => void
type OnError = (this: WebSocket, error: Error) => void
type OnClose = (this: WebSocket, code: number) => void

function onMessage(this: ClientSocket, data: Buffer, isBinary: boolean): void {
  this.isPinged = false
  this.events?.received(data, isBinary)
}

function onAlive(this: ClientSocket): void {
  this.isPinged = false
}

function onError(this: ClientSocket, error: NodeJS.ErrnoException): void {
  this.events?.failed(error)
}

function onClose(this: ClientSocket, code: number): void {
  this.events?.closed(code)
}
