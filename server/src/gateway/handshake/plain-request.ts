import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { Server as TlsServer } from 'node:tls'

/** An http.Server of an app, or our own. */
export type HttpServer = Server | SecureServer

/** Headers that ask for another protocol are about the connection, not about the request (RFC 9110 §7.6.1). */
const OF_THE_CONNECTION = ['connection', 'upgrade', 'http2-settings']

/** Whether a request asks for a WebSocket. Node emits `upgrade` for any other protocol too, such as h2c. */
export const asksForWebSocket = ({ headers, httpVersion }: IncomingMessage): boolean =>
  httpVersion !== '1.0' && headers.upgrade?.trim().toLowerCase() === 'websocket'

/**
 * Answers an upgrade that no listener takes as the plain request that it also is (RFC 9110 §7.8). Node has read its head only, so the
 * connection is given to the server anew, as if it had just been opened: Node's own parser reads the body, by its own bounds. The
 * connection ends with the answer.
 */
export function answerPlainly(server: HttpServer, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.unshift(Buffer.concat([headOf(request), head]))
  // A TLS server opens a second layer on `connection`: it listens for what is decrypted already.
  server.emit(server instanceof TlsServer ? 'secureConnection' : 'connection', socket)
}

/** The head as it came, without the upgrade. Node reads and keeps it as Latin-1: byte by byte. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] ?? ''
    if (!OF_THE_CONNECTION.includes(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[n + 1]}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1')
}
