import type { Duplex } from 'node:stream'
import type { Clock } from '../../ports/clock'
import type { InternalDetail } from '../../ports/meter'
import type { QuotaReason } from '../limits/socket-quota'
import type { SocketConnection } from '../socket/socket-connection'

/** How long a client may take to read why it was rejected. */
const READING_MS = 2000

const STATUS: Readonly<Record<QuotaReason, string>> = {
  address_full: '429 Too Many Requests',
  server_full: '503 Service Unavailable',
  verifying_full: '503 Service Unavailable',
}

/** A network has room again when its clients leave: clients wait this long at least, and up to three times as long. */
const BUSY_MS = 5000

/** A goodbye, for clients that share its address with many: a browser sees no status of HTTP. */
export function rejectBusy(connection: SocketConnection, detail: InternalDetail): void {
  const retryAfterMs = BUSY_MS + Math.floor(Math.random() * 2 * BUSY_MS)
  connection.close('busy', 'Too many connections come from this network just now.', retryAfterMs, detail)
}

/** A bare HTTP answer, for floods only: a browser cannot see it, but it costs next to nothing. */
export function rejectUpgrade(socket: Duplex, why: QuotaReason, clock: Clock): void {
  endWithStatus(socket, [STATUS[why], 'Retry-After: 5'], '', clock)
}

/** For an upgrade on a server that answers no requests. */
export function rejectNotFound(socket: Duplex, clock: Clock): void {
  endWithStatus(socket, ['404 Not Found', 'Content-Type: text/plain'], 'There is nothing at this path.', clock)
}

function endWithStatus(socket: Duplex, head: readonly string[], body: string, clock: Clock): void {
  // Without a listener an error would end the process.
  socket.on('error', () => socket.destroy())
  const cancel = clock.after(READING_MS, () => socket.destroy())
  socket.once('close', cancel)
  // The sockets of an HTTP server are half-open: one that we alone have ended would stay until its client ends it.
  socket.once('finish', () => socket.destroy())
  const lines = [...head, 'Connection: close', `Content-Length: ${body.length}`]
  socket.end(`HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n${body}`)
}
