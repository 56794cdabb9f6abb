import type { Clock } from '../../ports/clock'
import type { SocketConnection } from './socket-connection'

const TICK_MS = 5000
/** A ping each 15 s. A peer that sent nothing since the last ping is dead: at most 30 s after its last message. */
const TICKS_BETWEEN_PINGS = 3
export const PING_MS = TICK_MS * TICKS_BETWEEN_PINGS

/** Pings every connection, and closes stalled readers. One timer for all of them. Returns what stops it. */
export function startHeartbeat(clock: Clock, connections: ReadonlySet<SocketConnection>): () => void {
  let ticks = 0
  let cancel = () => {}
  const tick = () => {
    cancel = clock.after(TICK_MS, tick)
    ticks++
    for (const connection of connections) {
      connection.closeIfStalled()
      if (ticks % TICKS_BETWEEN_PINGS === 0) connection.ping()
    }
  }
  cancel = clock.after(TICK_MS, tick)
  return () => cancel()
}
