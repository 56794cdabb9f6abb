import { encodeMessage, GOODBYES, type GoodbyeCode, type Limits, type ServerMessage } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import type { Connection, Delivery } from '../../ports/connection'
import type { InternalDetail, Meter } from '../../ports/meter'
import type { ClientSocket, SocketEvents } from './client-socket'
import type { SharedFrames } from './frames'
import { type FrameEvents, FrameReader } from './frames'
import { type FrameSink, SendQueue } from './send-queue'

/** RFC 6455 §7.4.1: the purpose is fulfilled. */
const NORMAL_CLOSURE = 1000

export type SocketConnectionPorts = {
  readonly clock: Clock
  readonly meter: Meter
  readonly limits: Limits
  readonly frames: SharedFrames
  /** Called when the socket of a connection is closed. */
  readonly closed: (connection: SocketConnection) => void
}

/** What a connection calls its session with. No function throws. */
export interface ConnectionEvents extends FrameEvents {
  /** The socket is read, and its peer is still there. */
  opened(): void
  /** It is closed. `code`: the close code of the peer. */
  closed(code: number): void
}

/** One `ws` socket as a room sees it: frames in and out, and one goodbye. */
export class SocketConnection implements Connection, SocketEvents {
  readonly id: string
  /** The room that its URL names, for the audit log. */
  readonly #room: string | undefined
  readonly #ports: SocketConnectionPorts
  readonly #socket: ClientSocket
  readonly #queue: SendQueue
  readonly #reader: FrameReader
  #events: ConnectionEvents | undefined
  #closing = false

  /** @param stream what the WebSocket writes to. Our frames go there without it: they are encoded once for all connections of a room. */
  constructor(
    id: string,
    room: string | undefined,
    socket: ClientSocket,
    stream: FrameSink,
    ports: SocketConnectionPorts,
  ) {
    this.id = id
    this.#room = room
    this.#ports = ports
    this.#socket = socket
    this.#queue = new SendQueue(stream, this, ports)
    this.#reader = new FrameReader(this, socket, ports)
    socket.emitTo(this)
  }

  /** Whether it is open: not closed, nor about to be. */
  get isOpen(): boolean {
    return !this.#closing && this.#socket.readyState === this.#socket.OPEN
  }

  /** Bytes that wait for its reader. */
  get queuedBytes(): number {
    return this.#queue.bytes
  }

  /** Whether the socket is not read for now, as too many commands are in flight. */
  get isPaused(): boolean {
    return this.#reader.isPaused
  }

  /**
   * Reads the socket again and calls `events` from now on. Where the peer has closed the socket meanwhile, neither `opened` nor
   * `closed` is called.
   */
  start(events: ConnectionEvents): void {
    const { clock } = this.#ports
    this.#socket.resume()
    // Two turns of the event loop: the first may be over before the socket has been read once.
    clock.nextTurn(() =>
      clock.nextTurn(() => {
        if (!this.isOpen) return
        this.#events = events
        events.opened()
        this.#reader.start(events)
      }),
    )
  }

  received(data: Buffer, isBinary: boolean): void {
    this.#reader.read(data, isBinary)
  }

  /** Counts errors of the frames. Other errors are those of the network. */
  failed({ code = '' }: NodeJS.ErrnoException): void {
    if (!code.startsWith('WS_ERR_')) return
    const reason = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'oversized_frame' : 'bad_frame'
    this.#ports.meter.rejection(reason, this.auditContext)
  }

  closed(code: number): void {
    this.#ports.closed(this)
    this.#events?.closed(code)
  }

  /** A command will have a reply: while too many have none, the socket is not read. */
  commandStarted(): void {
    this.#reader.commandStarted()
  }

  send(message: string, delivery: Delivery = 'kept'): void {
    if (!this.isOpen) return
    if (delivery === 'answer') this.#reader.commandFinished()
    if (!this.#queue.push(message, delivery)) this.#closeSlow()
  }

  /** Queues one message for this connection alone. */
  sendMessage(message: ServerMessage, delivery?: Delivery): void {
    this.send(encodeMessage(message), delivery)
  }

  /** Sends one message for this connection alone, and what waits before it. */
  sendNow(message: ServerMessage): void {
    this.sendMessage(message)
    this.flush()
  }

  flush(): void {
    if (this.isOpen) this.#queue.flush()
  }

  close(code: GoodbyeCode, reason: string, retryAfterMs?: number, detail?: InternalDetail): void {
    if (!this.isOpen) return
    this.#queue.flushAll()
    this.#finish(code, reason, retryAfterMs, detail)
  }

  end(): void {
    if (!this.isOpen) return
    this.#closing = true
    this.#queue.flushAll()
    this.#close(NORMAL_CLOSURE)
  }

  /** Closes it when its reader has taken nothing for too long. */
  closeIfStalled(): void {
    if (this.isOpen && this.#queue.isStalled) this.#closeSlow()
  }

  /** Pings the peer. If it has sent nothing since the ping before, the connection is terminated: a goodbye would not arrive. */
  ping(): void {
    if (this.#socket.pingPeer()) return
    // A connection that has its goodbye was counted by it.
    if (this.isOpen) this.#ports.meter.rejection('dead', this.auditContext)
    this.terminate()
  }

  /** Closes the socket at once, without a goodbye. */
  terminate(): void {
    this.#socket.terminate()
  }

  /** For metrics and the audit log. */
  get auditContext(): { connection: string; room?: string } {
    return this.#room === undefined ? { connection: this.id } : { connection: this.id, room: this.#room }
  }

  /** What waits for a slow reader is dropped: it would only delay the goodbye. */
  #closeSlow(): void {
    this.#finish('slow_consumer', 'The connection is too slow for this room.')
  }

  #finish(
    code: GoodbyeCode,
    reason: string,
    retryAfterMs?: number,
    { why = code, ...fault }: InternalDetail = {},
  ): void {
    this.#closing = true
    this.#ports.meter.rejection(why, { ...this.auditContext, sentence: reason, ...fault })
    const { close, retry } = GOODBYES[code]
    const goodbye = { type: 'goodbye', code, reason, retryable: retry !== 'never' } as const
    this.#queue.finish(encodeMessage(retryAfterMs === undefined ? goodbye : { ...goodbye, retryAfterMs }))
    this.#close(close, code)
  }

  #close(code: number, reason?: string): void {
    this.#socket.close(code, reason)
    // The close frame of the peer could not be read otherwise.
    this.#socket.resume()
  }
}
