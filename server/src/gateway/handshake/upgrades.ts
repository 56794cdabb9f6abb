// HTTP upgrades: which of them are ours, and how the others are answered.
import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { Server as TlsServer } from 'node:tls'
import type { Clock } from '../../ports/clock'
import { rejectNotFound } from './reject-upgrade'

type UpgradeListener = (...upgrade: Upgrade) => void

/** Marks a listener of a Peerstage server. A symbol of the registry, because a hot reload loads a second copy of this module. */
const CLAIM = Symbol.for('@peerstage/server.claim')

type Claim = {
  /** What its URLs begin with: `/v1/rooms/`. */
  readonly path: string
  /** Whether another server may take the path, because this one is closing. */
  readonly isLeaving: () => boolean
}

type UpgradeHandler = Claim & {
  /** Handles the upgrade of a WebSocket under the path. */
  readonly open: UpgradeListener
  readonly clock: Clock
}

/**
 * Takes the WebSockets under a path. Upgrades on other paths are left to the app. If the app has no listener for them yet, they wait
 * up to 5 s for one, and are then answered as plain requests. Returns a function that removes the listeners.
 * @throws Error if another Peerstage server has the path
 */
export function takeUpgrades(server: HttpServer, handler: UpgradeHandler, owner: 'app' | 'own'): () => void {
  makeWay(server, handler.path)
  const answer = (upgrade: Upgrade) => answerRequest(server, upgrade, handler.clock)
  const unclaimed = new Unclaimed(handler.clock, answer)
  const listener = Object.assign(
    (...upgrade: Upgrade) => {
      const [request] = upgrade
      const isOurs = request.url?.startsWith(handler.path) ?? false
      const isSocket = asksForWebSocket(request)
      if (isOurs && isSocket) handler.open(...upgrade)
      else if (!isOurs && !isOnlyOurs(server, listener)) return
      else if (isSocket && owner === 'app') unclaimed.add(upgrade)
      else answer(upgrade)
    },
    { [CLAIM]: handler satisfies Claim },
  )
  const onListener = (event: string | symbol, added: object) => {
    // It is there only after this event.
    if (event === 'upgrade' && !(CLAIM in added)) queueMicrotask(() => unclaimed.release((each) => hand(server, each)))
  }
  server.on('upgrade', listener)
  server.on('newListener', onListener)
  return () => {
    server.off('upgrade', listener)
    server.off('newListener', onListener)
    unclaimed.release(answer)
  }
}

/** Answers an upgrade as the plain request that it also is. */
function answerRequest(server: HttpServer, upgrade: Upgrade, clock: Clock): void {
  // Without a request listener nothing would answer it.
  if (server.listenerCount('request') === 0) rejectNotFound(upgrade[1], clock)
  else answerPlainly(server, ...upgrade)
}

/** Checks that no other Peerstage server takes this path on `server`. The listener of one that is closing is removed. */
function makeWay(server: HttpServer, path: string): void {
  for (const listener of server.listeners('upgrade')) {
    const claim = claimOf(listener)
    if (claim === undefined || !(claim.path.startsWith(path) || path.startsWith(claim.path))) continue
    if (claim.isLeaving()) server.off('upgrade', listener as UpgradeListener)
    else {
      const both = claim.path === path ? claim.path : `${claim.path}, which overlaps with ${path},`
      throw new Error(
        `Another Peerstage server takes the sockets under ${both} of this http.Server: close that one first, or give one of them another basePath.`,
      )
    }
  }
}

/** Whether `self` answers upgrades on other paths: all listeners are of Peerstage servers, and it is the first of them. */
function isOnlyOurs(server: HttpServer, self: UpgradeListener): boolean {
  const listeners = server.listeners('upgrade')
  return listeners[0] === self && listeners.every((listener) => CLAIM in listener)
}

function hand(server: HttpServer, upgrade: Upgrade): void {
  // Raw listeners: those of `once` remove themselves when they are called.
  for (const listener of server.rawListeners('upgrade')) {
    if (!(CLAIM in listener)) Reflect.apply(listener, server, upgrade)
  }
}

const claimOf = (listener: object): Claim | undefined => (listener as { readonly [CLAIM]?: Claim })[CLAIM]

export type Upgrade = readonly [request: IncomingMessage, socket: Duplex, head: Buffer]

/** How long a framework may take to add its listener: Next.js adds it when it serves its first page. */
const WAIT_MS = 5000
/** More than the tabs of a developer. */
const MOST_WAITING = 100

type Waiting = { readonly upgrade: Upgrade; readonly stop: () => void }

/** WebSockets on an app's own paths that no listener takes yet. */
class Unclaimed {
  readonly #clock: Clock
  readonly #answer: (upgrade: Upgrade) => void
  readonly #waiting = new Set<Waiting>()

  /** `answer`: called for an upgrade that no listener has taken in time. */
  constructor(clock: Clock, answer: (upgrade: Upgrade) => void) {
    this.#clock = clock
    this.#answer = answer
  }

  /** Keeps an upgrade until a listener takes it, unless too many wait. Its socket is not read meanwhile. */
  add(upgrade: Upgrade): void {
    if (this.#waiting.size >= MOST_WAITING) return this.#answer(upgrade)
    const [, socket] = upgrade
    const cut = () => socket.destroy()
    const waiting: Waiting = {
      upgrade,
      stop: () => {
        this.#waiting.delete(waiting)
        cancel()
        socket.off('error', cut)
        socket.off('close', waiting.stop)
      },
    }
    const cancel = this.#clock.after(WAIT_MS, () => {
      waiting.stop()
      this.#answer(upgrade)
    })
    this.#waiting.add(waiting)
    // An error without a listener would end the process.
    socket.on('error', cut)
    socket.once('close', waiting.stop)
  }

  /** Answers all that wait. */
  release(take: (upgrade: Upgrade) => void): void {
    for (const { upgrade, stop } of [...this.#waiting]) {
      stop()
      take(upgrade)
    }
  }
}

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
