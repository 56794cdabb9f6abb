import type { WebSocket } from 'ws'
import { closeDraining } from '../../hosting/rejections'
import type { Clock } from '../../ports/clock'
import { NOTHING, setTimer } from '../../ports/clock'
import { startHeartbeat } from './heartbeat'
import type { SocketConnection } from './socket-connection'

/** The connections of a gateway whose sockets are not closed yet. */
export class OpenConnections {
  readonly #clock: Clock
  readonly #sockets = new Map<SocketConnection, WebSocket>()
  #stopHeartbeat = NOTHING

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Bytes that wait for slow readers. */
  get queuedBytes(): number {
    return this.#sum((connection) => connection.queuedBytes)
  }

  /** Those that are not read for now, as their clients have too many commands in flight. */
  get paused(): number {
    return this.#sum(({ isPaused }) => (isPaused ? 1 : 0))
  }

  /** The heartbeat runs while there is a socket: a server without sockets keeps no process alive. */
  add(connection: SocketConnection, socket: WebSocket): void {
    if (this.#sockets.size === 0) this.#stopHeartbeat = startHeartbeat(this.#clock, this.#sockets)
    this.#sockets.set(connection, socket)
  }

  /** Its socket is closed. */
  remove(connection: SocketConnection): void {
    this.#sockets.delete(connection)
    if (this.#sockets.size === 0) this.#stopHeartbeat()
  }

  /** Says goodbye to all that are there; resolves when those are closed, or at the deadline. Then it cuts what is left. */
  async drain(deadlineMs: number): Promise<void> {
    const leaving = [...this.#sockets.values()]
    for (const connection of this.#sockets.keys()) closeDraining(connection)
    await this.#closed(leaving, deadlineMs)
    for (const socket of this.#sockets.values()) socket.terminate()
  }

  #closed(sockets: readonly WebSocket[], deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = setTimer(this.#clock, deadlineMs, resolve)
      const closed = sockets.map((ws) => new Promise<void>((gone) => ws.once('close', () => gone())))
      void Promise.all(closed).then(cancel).then(resolve)
    })
  }

  #sum(of: (connection: SocketConnection) => number): number {
    let sum = 0
    for (const connection of this.#sockets.keys()) sum += of(connection)
    return sum
  }
}
