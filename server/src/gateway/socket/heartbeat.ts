import type { WebSocket } from 'ws'
import type { Clock } from '../../ports/clock'
import type { SocketConnection } from './socket-connection'

const TICK_MS = 5000
/** A ping each 15 s: who was not heard since the last one is dead, so at most 30 s after its last word. */
const TICKS_BETWEEN_PINGS = 3
export const PING_MS = TICK_MS * TICKS_BETWEEN_PINGS

/** Asks every socket for a sign of life, and looks for stalled readers. One timer for all of them. Returns what stops it. */
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

/** `asked`: what is called when a socket is heard that a sign of life was asked of. */
function ask(connection: SocketConnection, socket: WebSocket, asked: WeakMap<WebSocket, () => void>): void {
  // We do not read it now, so its silence says nothing.
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
