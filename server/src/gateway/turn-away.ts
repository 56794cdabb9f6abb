import type { Duplex } from 'node:stream'
import type { Clock } from '../hosting/ports'
import type { Full } from './crowd'

/** How long a client may take to read why it was turned away. */
const READING_MS = 2000

const STATUS: Readonly<Record<Full, string>> = {
  address_full: '429 Too Many Requests',
  server_full: '503 Service Unavailable',
  verifying_full: '503 Service Unavailable',
}

/** A bare HTTP answer, for floods only: a browser cannot see it, but it costs next to nothing. */
export function turnAway(socket: Duplex, why: Full, clock: Clock): void {
  const cancel = clock.after(READING_MS, () => socket.destroy())
  socket.once('close', cancel)
  // The sockets of an HTTP server are half-open: one that we alone have ended would stay until its client ends it.
  socket.once('finish', () => socket.destroy())
  const head = `HTTP/1.1 ${STATUS[why]}\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0`
  socket.end(`${head}\r\n\r\n`)
}
