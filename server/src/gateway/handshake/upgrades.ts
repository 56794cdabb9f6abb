import type { Clock } from '../../ports/clock'
import { answerPlainly, asksForWebSocket, type HttpServer } from './plain-request'
import { rejectNotFound } from './reject-upgrade'
import { Unclaimed, type Upgrade } from './unclaimed'

type UpgradeListener = (...upgrade: Upgrade) => void

/** Marks a listener as one of ours, whichever copy of this module made it: a hot reload loads another. */
const CLAIM = Symbol.for('@peerstage/server.claim')

type Claim = {
  /** What its URLs begin with: `/v1/rooms/`. */
  readonly path: string
  /** Whether another may have the path: it has been closed. */
  readonly isLeaving: () => boolean
}

export type UpgradeHandler = Claim & {
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
