import { closeDraining } from '../../hosting/rejections'
import type { Clock } from '../../ports/clock'
import { NOTHING, setTimer } from '../../ports/clock'
import { startHeartbeat } from './heartbeat'
import type { SocketConnection } from './socket-connection'

/** The connections of a gateway whose sockets are not closed yet. */
export class OpenConnections {
  readonly #clock: Clock
  readonly #open = new Set<SocketConnection>()
  /** Called for each connection that is removed, while a drain waits. */
  readonly #drains = new Set<(removed: SocketConnection) => void>()
  #stopHeartbeat = NOTHING

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Bytes that wait for slow readers. */
  get queuedBytes(): number {
    return this.#sum((connection) => connection.queuedBytes)
  }

  /** Connections that are not read for now, because their clients have too many commands in flight. */
  get paused(): number {
    return this.#sum(({ isPaused }) => (isPaused ? 1 : 0))
  }

  /** The heartbeat runs while there is a socket: a server without sockets keeps no process alive. */
  add(connection: SocketConnection): void {
    if (this.#open.size === 0) this.#stopHeartbeat = startHeartbeat(this.#clock, this.#open)
    this.#open.add(connection)
  }

  /** Its socket is closed. */
  remove(connection: SocketConnection): void {
    this.#open.delete(connection)
    if (this.#open.size === 0) this.#stopHeartbeat()
    for (const removed of this.#drains) removed(connection)
  }

  /** Says goodbye to all that are open; resolves when those are closed, or at the deadline. Then it terminates all that are open. */
  async drain(deadlineMs: number): Promise<void> {
    const closed = this.#closed(new Set(this.#open), deadlineMs)
    for (const connection of this.#open) closeDraining(connection)
    await closed
    for (const connection of this.#open) connection.terminate()
  }

  #closed(waiting: Set<SocketConnection>, deadlineMs: number): Promise<void> {
    if (waiting.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        this.#drains.delete(removed)
        resolve()
      }
      const removed = (connection: SocketConnection) => {
        waiting.delete(connection)
        if (waiting.size === 0) end()
      }
      const cancel = setTimer(this.#clock, deadlineMs, end)
      this.#drains.add(removed)
    })
  }

  #sum(of: (connection: SocketConnection) => number): number {
    let sum = 0
    for (const connection of this.#open) sum += of(connection)
    return sum
  }
}
