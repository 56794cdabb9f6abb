import type { WebSocket } from 'ws'
import type { Clock } from '../../ports/clock'
import type { SocketConnection } from './socket-connection'

const TICK_MS = 5000
/** A ping each 15 s. A peer that sent nothing since the last ping is dead: at most 30 s after its last message. */
const TICKS_BETWEEN_PINGS = 3
export const PING_MS = TICK_MS * TICKS_BETWEEN_PINGS

/** Pings every socket, and closes stalled readers. One timer for all of them. Returns what stops it. */
export function startHeartbeat(clock: Clock, connections: ReadonlyMap<SocketConnection, WebSocket>): () => void {
  const asked = new WeakMap<WebSocket, () => void>()
  let ticks = 0
  let cancel = () => {}
  const tick = () => {
    cancel = clock.after(TICK_MS, tick)
    ticks++
    for (const [connection, socket] of connections) {
      connection.closeIfStalled()
      if (ticks % TICKS_BETWEEN_PINGS === 0) ask(connection, socket, asked)
    }
  }
  cancel = clock.after(TICK_MS, tick)
  return () => cancel()
}

/** `asked`: the sockets that were pinged and not heard since, each with what to call when it is heard. */
function ask(connection: SocketConnection, socket: WebSocket, asked: WeakMap<WebSocket, () => void>): void {
  // It is not read now, so no answer could be seen.
  if (socket.isPaused) return asked.get(socket)?.()
  if (asked.has(socket)) return connection.terminateDead()
  const heard = () => {
    asked.delete(socket)
    socket.off('pong', heard).off('message', heard).off('ping', heard)
  }
  asked.set(socket, heard)
  socket.on('pong', heard).on('message', heard).on('ping', heard)
  if (socket.readyState === socket.OPEN) socket.ping()
}
