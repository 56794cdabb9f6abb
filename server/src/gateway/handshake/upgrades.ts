// HTTP upgrades: which of them are ours, and how the others are answered.
import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { Server as TlsServer } from 'node:tls'
import type { Clock } from '../../ports/clock'
import { rejectNotFound } from './reject-upgrade'

type UpgradeListener = (...upgrade: Upgrade) => void

/** Marks a listener as one of ours, whichever copy of this module made it: a hot reload loads another. */
const CLAIM = Symbol.for('@peerstage/server.claim')

type Claim = {
  /** What its URLs begin with: `/v1/rooms/`. */
  readonly path: string
  /** Whether another may have the path: it has been closed. */
  readonly isLeaving: () => boolean
}

type UpgradeHandler = Claim & {
  /** Takes a WebSocket under the path from its upgrade on. */
  readonly open: UpgradeListener
  readonly clock: Clock
}

/**
 * Listens for the WebSockets under a path. Upgrades on other paths are the app's; where it does not listen for them, they wait a
 * moment until it does, and then are answered as the plain requests that they also are. Returns what ends it.
 * @throws Error where another of ours has the path
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
  // Nothing else would ever answer this one.
  if (server.listenerCount('request') === 0) rejectNotFound(upgrade[1], clock)
  else answerPlainly(server, ...upgrade)
}

/** A path is for one of ours at a time. One that is closing gives it up. */
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

/** Whether only we listen for upgrades; of several of ours the first one answers. */
function isOnlyOurs(server: HttpServer, self: UpgradeListener): boolean {
  const listeners = server.listeners('upgrade')
  return listeners[0] === self && listeners.every((listener) => CLAIM in listener)
}

function hand(server: HttpServer, upgrade: Upgrade): void {
  // Raw, or a listener for one event would stay for a second one.
  for (const listener of server.rawListeners('upgrade')) {
    if (!(CLAIM in listener)) Reflect.apply(listener, server, upgrade)
  }
}

const claimOf = (listener: object): Claim | undefined => (listener as { readonly [CLAIM]?: Claim })[CLAIM]

export type Upgrade = readonly [request: IncomingMessage, socket: Duplex, head: Buffer]

/** How long a framework may take to listen: Next.js begins to with the first page that it serves. */
const WAIT_MS = 5000
/** More than the tabs of a developer. */
const MOST_WAITING = 100

type Waiting = { readonly upgrade: Upgrade; readonly stop: () => void }

/** WebSockets on an app's own paths that no listener takes yet. */
class Unclaimed {
  readonly #clock: Clock
  readonly #answer: (upgrade: Upgrade) => void
  readonly #waiting = new Set<Waiting>()

  /** `answer`: what happens to those that no listener has taken in time. */
  constructor(clock: Clock, answer: (upgrade: Upgrade) => void) {
    this.#clock = clock
    this.#answer = answer
  }

  /** It waits for a listener that takes it, unless too many wait. Nothing of it is read meanwhile. */
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
