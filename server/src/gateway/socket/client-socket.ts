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

  /** Calls `events` from now on. Call it once. */
  emitTo(events: SocketEvents): void {
    this.events = events
    this.on('message', onMessage as OnMessage)
      .on('error', onError as OnError)
      .on('close', onClose as OnClose)
  }
}

// The types of `ws` do not know that an emitter calls a listener on itself.
type OnMessage = (this: WebSocket, data: Buffer, isBinary: boolean) => void
type OnError = (this: WebSocket, error: Error) => void
type OnClose = (this: WebSocket, code: number) => void

function onMessage(this: ClientSocket, data: Buffer, isBinary: boolean): void {
  this.events?.received(data, isBinary)
}

function onError(this: ClientSocket, error: NodeJS.ErrnoException): void {
  this.events?.failed(error)
}

function onClose(this: ClientSocket, code: number): void {
  this.events?.closed(code)
}
