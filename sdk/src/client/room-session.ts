import type { LiveStreamError } from '../errors'
import type { MeshHealth } from '../peering/link-health'
import type { GoodbyeCode, IceServer, Welcome } from '../protocol'
import { SignalingSession } from '../signaling/session'
import type { SessionEvents, SessionPorts } from '../signaling/session-ports'
import type { LeftReason } from '../state/state'
import { RoomUpdates, type RoomUpdatesPorts } from './room-updates'

export type RoomSessionPorts = RoomUpdatesPorts & {
  readonly session: SessionPorts
  /** The session waits for this: the leave of an earlier session, and the opening of the page, which may be prerendered. */
  readonly before: Promise<unknown>
  /**
   * The session has ended, by itself or by `leave()`. Called once, before the last events. `left` resolves when the server has
   * freed the seat, or cannot be told. `wasPrepared`: it was only prepared, and took no seat.
   */
  readonly over: (left: Promise<void>, wasPrepared: boolean) => void
}

/**
 * One stay in a room, from `prepare()` or `join()` to its end: passes what arrives on to the store, the mesh, the local media and
 * the app, in that order. While it is only prepared, the state does not change and no event is emitted.
 */
export class RoomSession {
  readonly #ports: RoomSessionPorts
  readonly #session: SignalingSession
  readonly #updates: RoomUpdates
  readonly #prepared = deferred()
  readonly #joined = deferred()
  #phase: 'preparing' | 'joining' | 'in' | 'over' = 'preparing'
  #isBack = false

  constructor(ports: RoomSessionPorts) {
    this.#ports = ports
    this.#updates = new RoomUpdates(ports)
    this.#session = new SignalingSession(ports.session, this.#sessionEvents())
  }

  /** Resolves when a connection is held, when none can be held now, or when the room is joined. */
  get prepared(): Promise<void> {
    return this.#prepared.promise
  }

  get joined(): Promise<void> {
    return this.#joined.promise
  }

  get isPreparing(): boolean {
    return this.#phase === 'preparing'
  }

  /** Holds a connection for `start()`. After `start()` it does nothing. */
  prepare(): void {
    if (!this.isPreparing) return
    const { mesh, before } = this.#ports
    void mesh?.prepare()
    void before.then(() => {
      this.#session.prepare()
      void mesh?.early.warmUp()
    })
  }

  /** Takes a seat. Idempotent. */
  start(): void {
    if (!this.isPreparing) return
    this.#phase = 'joining'
    this.#ports.store.setStatus({ status: 'joining' })
    this.#ports.eventQueue.flush()
    const { mesh, before } = this.#ports
    void before.then(() => {
      this.#session.start()
      // After the socket, whose opening takes longer.
      void mesh?.early.warmUp()
    })
  }

  /** Where links are unwell, the connection to the server may be dead too, which it would notice only much later. */
  linksAre(health: MeshHealth): void {
    if (this.#phase !== 'in') return
    this.#session.hurry(health === 'all unwell')
    if (health !== 'well') this.#session.check()
  }

  /** Gives the seat up. `error` is what a pending `join()` rejects with. Idempotent. */
  leave(error: LiveStreamError): void {
    if (this.#phase !== 'over') this.#end({ reason: 'left' }, error, this.#session.leave())
  }

  #sessionEvents(): SessionEvents {
    const { store, eventQueue, log } = this.#ports
    return {
      position: () => store.position(),
      welcome: (welcome, hasOffered) => this.#welcomed(welcome, hasOffered),
      held: (iceServers) => this.#held(iceServers),
      offer: (maxCandidates) => this.#ports.mesh?.early.read(maxCandidates),
      disconnected: () => this.#ports.mesh?.early.lost(this.#phase === 'joining'),
      message: (message) => this.#updated(() => this.#updates.message(message)),
      frameEnd: () => this.#frameEnd(),
      prepared: () => this.#prepared.resolve(),
      goodbye: ({ code, reason, retryable }) => {
        if (!this.isPreparing) eventQueue.add({ name: 'goodbye', payload: { code, reason, retryable } })
      },
      waiting: (retry) => this.#waiting(retry),
      ended: (error, code) => this.#ended(error, code),
      log,
    }
  }

  /** While it waits for `start()`, the offer is made: it goes with the request for a seat. */
  #held(iceServers: readonly IceServer[]): void {
    const { mesh, hasOwnIceServers } = this.#ports
    if (!hasOwnIceServers) mesh?.setIceServers(iceServers)
    void mesh?.early.make()
  }

  #welcomed(welcome: Welcome, hasOffered: boolean): void {
    this.#ports.mesh?.early.sent(hasOffered ? welcome.seq : undefined)
    this.#updated(() => {
      this.#updates.welcomed(welcome, this.#phase === 'joining')
      this.#isBack = this.#phase === 'in'
    })
  }

  /** If an event is missing, the room is asked for a snapshot. */
  #updated(update: () => void): void {
    try {
      update()
    } catch (error) {
      this.#eventMissing(error)
    }
  }

  #eventMissing(error: unknown): void {
    if (!(error instanceof RangeError)) throw error
    this.#ports.log('warn', 'events are missing: the room is asked for anew', { error })
    this.#session.resync()
  }

  /** A frame was read: links and media get what it changed, then the app is notified. */
  #frameEnd(): void {
    const { store, eventQueue } = this.#ports
    this.#updates.apply(this.#isBack)
    if (this.#isBack) this.#rejoined()
    const isFirst = this.#phase === 'joining' && store.status === 'joined'
    if (isFirst) this.#phase = 'in'
    eventQueue.flush()
    if (!isFirst) return
    this.#prepared.resolve()
    this.#joined.resolve()
  }

  /** A new instance of the room does not know what we publish. */
  #rejoined(): void {
    this.#isBack = false
    this.#ports.media.resync().catch((error: unknown) => {
      this.#ports.log('warn', 'the room could not be told what is published', { error })
    })
  }

  #waiting(retry: { attempt: number; retryInMs: number }): void {
    const { store, eventQueue, log } = this.#ports
    log('info', 'connecting again', retry)
    if (this.#phase === 'in') {
      this.#ports.mesh?.signalingLost()
      store.setStatus({ status: 'reconnecting' })
      eventQueue.add({ name: 'reconnecting', payload: retry })
    }
    eventQueue.flush()
  }

  #ended(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#ports.log('info', 'the stay has ended', { error })
    this.#end({ reason: code ?? 'failed', error }, error, Promise.resolve())
  }

  #end(shown: { reason: LeftReason; error?: LiveStreamError }, error: LiveStreamError, left: Promise<void>): void {
    const { store, eventQueue, media, mesh } = this.#ports
    if (this.#phase === 'over') return
    const wasPrepared = this.isPreparing
    this.#phase = 'over'
    mesh?.close()
    if (!wasPrepared) {
      media.applyRemoteState(null, [])
      store.setStatus({ status: 'left', ...shown })
    }
    this.#ports.over(left, wasPrepared)
    this.#ports.onRoomChanged()
    if (!wasPrepared) eventQueue.add({ name: 'left', payload: shown })
    this.#prepared.reject(error)
    this.#joined.reject(error)
    eventQueue.flush()
  }
}

type Settle = { resolve(): void; reject(error: LiveStreamError): void }

/** A promise that is safe to ignore, as the state and the event `left` say the same. */
function deferred(): Settle & { readonly promise: Promise<void> } {
  let settle: Settle = { resolve() {}, reject() {} }
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  promise.catch(() => {})
  return { ...settle, promise }
}
