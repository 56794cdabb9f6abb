// biome-ignore-all lint/style/noExcessiveLinesPerFile: what one stay does with each message of the server is read together
import { LiveStreamError } from '../errors'
import type { EventQueue } from '../events/event-queue'
import { eventsOf, eventsOfSnapshot, type ParticipantLookup } from '../events/events-of'
import type { LocalMedia } from '../media/local-media'
import type { Mesh } from '../peering/mesh'
import {
  type CastDown,
  type GoodbyeCode,
  participantOf,
  type Room,
  type Source,
  type SourceChange,
  type Welcome,
} from '../protocol'
import type { ServerClock } from '../signaling/server-clock'
import { SignalingSession } from '../signaling/session'
import type { RoomMessage, SessionEvents, SessionOptions } from '../signaling/session-ports'

import type { LeftReason } from '../state/state'
import type { RoomStore, WelcomeResult } from '../state/store'
import type { SliceState } from '../verbs/slices'
import type { Log } from './logger'

export type RoomSessionPorts = {
  readonly store: RoomStore<SliceState>
  readonly eventQueue: EventQueue
  readonly media: LocalMedia
  /** Undefined where there is no WebRTC: everything but media works then. */
  readonly mesh: Mesh | undefined
  readonly log: Log
  readonly session: SessionOptions
  /** What is waited for: the place of an earlier stay that is being given up, and the page, which may be prerendered. */
  readonly before: Promise<unknown>
  readonly serverClock: ServerClock
  /** The ICE servers that the app chose; undefined: the server's. */
  readonly hasOwnIceServers: boolean
  /** The room has changed: elements that show media are updated. */
  readonly onRoomChanged: () => void
  /** It is over, by itself or by `leave()`. Called once, before the last events are told. `told`: the server knows, or never will. */
  readonly over: (told: Promise<void>) => void
}

/**
 * One stay in a room, from `prepare()` or `join()` to its end: takes what the session brings to the store, the mesh, the local
 * media and the app, in that order. While it is prepared, neither the state nor an event tells of it.
 */
export class RoomSession {
  readonly #parts: RoomSessionPorts
  readonly session: SignalingSession
  readonly #prepared = deferred()
  readonly #joined = deferred()
  #phase: 'preparing' | 'joining' | 'in' | 'over' = 'preparing'
  #isBack = false
  /** What links and media were last given. */
  #applied: Room | undefined

  constructor(parts: RoomSessionPorts) {
    this.#parts = parts
    this.session = new SignalingSession(parts.session, this.#sessionEvents())
  }

  /** Resolves when a connection is held, or none can be now, and in the room. */
  get prepared(): Promise<void> {
    return this.#prepared.promise
  }

  get joined(): Promise<void> {
    return this.#joined.promise
  }

  get isPreparing(): boolean {
    return this.#phase === 'preparing'
  }

  /** Holds a connection for `start()`. In the room, or on the way into it, it changes nothing. */
  prepare(): void {
    if (!this.isPreparing) return
    this.#parts.mesh?.prepare()
    void this.#parts.before.then(() => this.session.prepare())
  }

  /** Takes the place. Idempotent. */
  start(): void {
    if (!this.isPreparing) return
    this.#phase = 'joining'
    this.#parts.store.setStatus({ status: 'joining' })
    this.#parts.eventQueue.flush()
    void this.#parts.before.then(() => this.session.start())
  }

  /** Gives the place up. `error` is what a `join()` under way rejects with. Idempotent. */
  leave(error: LiveStreamError): void {
    if (this.#phase !== 'over') this.#end({ reason: 'left' }, error, this.session.leave())
  }

  /** Tells the room what changes in what we publish. While disconnected the latest of each source waits. */
  async updateMedia(source: Source, change: SourceChange): Promise<void> {
    await this.session.sender.request(
      { type: 'media.update', sources: { [source]: change } },
      { latest: `media.${source}` },
    )
  }

  #sessionEvents(): SessionEvents {
    const { store, eventQueue, log } = this.#parts
    return {
      position: () => store.position(),
      welcome: (welcome) => this.#welcomed(welcome),
      message: (message) => this.#received(message),
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

  #welcomed(welcome: Welcome): void {
    const { store, eventQueue, mesh, hasOwnIceServers } = this.#parts
    this.#parts.serverClock.tell(welcome.serverTime)
    eventQueue.hold()
    try {
      this.#arrived(welcome, store.welcome(welcome))
    } catch (error) {
      return this.#lostTrack(error)
    }
    this.#isBack = this.#phase === 'in'
    if (!hasOwnIceServers) mesh?.setIceServers(welcome.iceServers)
  }

  #arrived({ self, resumed }: Welcome, result: WelcomeResult): void {
    const { eventQueue } = this.#parts
    if (this.#phase === 'joining') eventQueue.addAbout(self, 'joined')
    else eventQueue.add({ name: 'reconnected', payload: { resumed } })
    if (result.resumed) for (const each of result.applied) eventQueue.addLater(() => eventsOf(each, self, this.#look))
    else eventQueue.addLater(() => eventsOfSnapshot(result, self, this.#look))
  }

  #received(message: RoomMessage): void {
    const { store, eventQueue, mesh, hasOwnIceServers } = this.#parts
    eventQueue.hold()
    switch (message.type) {
      case 'event':
        return this.#fold(message.logged)
      case 'signal':
        return mesh?.receive(message)
      case 'cast':
        return this.#cast(message)
      case 'presence':
        store.presence(message.participantId, message.presence === 'reconnecting')
        return eventQueue.addAbout(message.participantId, 'presenceChanged')
      case 'iceServers':
        return hasOwnIceServers ? undefined : mesh?.setIceServers(message.iceServers)
      case 'refused':
        return this.#refused(message)
    }
  }

  #fold(logged: Extract<RoomMessage, { type: 'event' }>['logged']): void {
    const { store, eventQueue, serverClock } = this.#parts
    serverClock.reach(logged.at)
    try {
      const applied = store.apply(logged)
      if (applied !== undefined) eventQueue.addLater(() => eventsOf(applied, store.selfId, this.#look))
    } catch (error) {
      this.#lostTrack(error)
    }
  }

  #lostTrack(error: unknown): void {
    if (!(error instanceof RangeError)) throw error
    this.#parts.log('warn', 'events are missing: the room is asked for anew', { error })
    this.session.resync()
  }

  /** A link that misses a signal starts over by itself; what the app sent is the app's to know. */
  #refused({ what, error: { code, message, retryable } }: Extract<RoomMessage, { type: 'refused' }>): void {
    this.#parts.log('debug', 'the server did not pass something on', { what, code })
    if (what === 'signal') return
    const error = new LiveStreamError(code, message, { retryable })
    this.#parts.eventQueue.add({ name: 'commandFailed', payload: { command: 'cast', error } })
  }

  #cast({ from, cast }: CastDown): void {
    this.#parts.eventQueue.addCast(from, cast)
  }

  /** A frame is read: links and media get what it changed, then the app is notified. */
  #frameEnd(): void {
    const { store, eventQueue } = this.#parts
    const { room, selfId } = store
    if (room !== undefined && selfId !== undefined) this.#applyRoom(room, selfId)
    if (this.#isBack) this.#comeBack()
    const isFirst = this.#phase === 'joining' && store.status === 'joined'
    if (isFirst) this.#phase = 'in'
    eventQueue.flush()
    if (!isFirst) return
    this.#prepared.resolve()
    this.#joined.resolve()
  }

  /** A fold keeps the identity of what it does not change, so a heartbeat, a reply, a cast or a chat message costs nothing here. */
  #applyRoom(room: Room, selfId: string): void {
    const { mesh, media, onRoomChanged } = this.#parts
    const last = this.#applied
    if (last?.edges !== room.edges || this.#isBack)
      mesh?.update({ selfId, seq: room.seq, edges: room.edges }, this.#isBack)
    else mesh?.reach(room.seq)
    if (last?.participants !== room.participants) {
      media.applyRemoteState(participantOf(room, selfId) ?? null, room.mode.sources)
      onRoomChanged()
    }
    // Last: what threw is done again at the next frame.
    this.#applied = room
  }

  /** A new instance knows nothing of what we publish. */
  #comeBack(): void {
    this.#isBack = false
    this.#parts.media.resync().catch((error: unknown) => {
      this.#parts.log('warn', 'the room could not be told what is published', { error })
    })
  }

  #waiting(retry: { attempt: number; retryInMs: number }): void {
    const { store, eventQueue, log } = this.#parts
    log('info', 'connecting again', retry)
    if (this.#phase === 'in') {
      store.setStatus({ status: 'reconnecting' })
      eventQueue.add({ name: 'reconnecting', payload: retry })
    }
    eventQueue.flush()
  }

  #ended(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    this.#parts.log('info', 'the stay has ended', { error })
    this.#end({ reason: code ?? 'failed', error }, error, Promise.resolve())
  }

  #end(shown: { reason: LeftReason; error?: LiveStreamError }, error: LiveStreamError, told: Promise<void>): void {
    const { store, eventQueue, media, mesh } = this.#parts
    if (this.#phase === 'over') return
    const isShown = !this.isPreparing
    this.#phase = 'over'
    mesh?.close()
    if (isShown) {
      media.applyRemoteState(null, [])
      store.setStatus({ status: 'left', ...shown })
    }
    this.#parts.over(told)
    this.#parts.onRoomChanged()
    if (isShown) eventQueue.add({ name: 'left', payload: shown })
    this.#prepared.reject(error)
    this.#joined.reject(error)
    eventQueue.flush()
  }

  readonly #look: ParticipantLookup = (id, past) => this.#parts.store.participant(id, past)
}

type Settle = { resolve(): void; reject(error: LiveStreamError): void }

/** A promise that is safe to ignore: the state and `left` tell the same. */
function deferred(): Settle & { readonly promise: Promise<void> } {
  let settle: Settle = { resolve() {}, reject() {} }
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  promise.catch(() => {})
  return { ...settle, promise }
}
