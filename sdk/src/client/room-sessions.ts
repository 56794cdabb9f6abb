import { LiveStreamError } from '../errors'
import type { EventQueue } from '../events/event-queue'
import type { ServerClock } from '../ports/clock'
import type { BrowserPage } from '../signaling/browser-page'
import { randomId } from '../signaling/random-id'
import { type CurrentSender, Sender } from '../signaling/sender'
import { SessionKey } from '../signaling/session-key'
import type { SessionPorts } from '../signaling/session-ports'
import type { RoomStore } from '../state/store'
import type { SliceState } from '../verbs/slices'
import { SDK_VERSION } from '../version'
import { aborted, type JoinOptions, type PrepareOptions, signalOf } from './cancelling'
import type { Environment } from './environment'
import type { Log } from './logger'
import type { MediaEngine } from './media-engine'
import { baseOrPage, type Config, checkRoomAndName } from './options'
import { RoomSession } from './room-session'
import { globalWebSocket } from './support'

const JOIN_ID_CHARACTERS = 22

export type RoomSessionsPorts = {
  readonly config: Config
  readonly environment: Environment
  readonly page: BrowserPage
  readonly store: RoomStore<SliceState>
  readonly eventQueue: EventQueue
  readonly engine: MediaEngine
  readonly serverClock: ServerClock
  /** Gets the sender of the current session. */
  readonly current: CurrentSender
  readonly log: Log
}

/** The sessions of a client in its room: at most one at a time, and the next one waits until the seat of the last one is free. */
export class RoomSessions {
  readonly #ports: RoomSessionsPorts
  #key: SessionKey | undefined
  #session: RoomSession | undefined
  /** The seats that are being freed; the next session waits for all of them. */
  #leaving: Promise<void> = Promise.resolve()

  constructor(ports: RoomSessionsPorts) {
    this.#ports = ports
  }

  /** Begins a session, or goes on with the current one. See `prepare()` and `join()` of the client. */
  run(way: 'prepare' | 'start', options: JoinOptions | PrepareOptions): Promise<void> {
    try {
      const signal = signalOf(options)
      const session = this.#session ?? this.#begin()
      session[way]()
      if (signal) this.#abortWith(signal, session, () => way === 'start' || session.isPreparing)
      return way === 'start' ? session.joined : session.prepared
    } catch (error) {
      if (way === 'start' && isOfOptions(error)) this.#couldNotBegin(error)
      return rejected(error)
    }
  }

  /** Resolves when the seat is free. `error` is what a pending `join()` rejects with. */
  leave(error: LiveStreamError): Promise<void> {
    this.#session?.leave(error)
    return this.#leaving
  }

  #begin(): RoomSession {
    const { config, page, engine, store, eventQueue, serverClock, current, log } = this.#ports
    const ports = this.#sessionPorts()
    const { sender } = ports
    const mesh = engine.newMesh({
      sendSignal: (signal) => sender.signal({ ...signal, type: 'signal' }),
      onHealth: (health) => session.linksAre(health),
    })
    const session: RoomSession = new RoomSession({
      store,
      eventQueue,
      media: engine.local,
      mesh,
      log,
      session: ports,
      before: Promise.all([this.#leaving, page.opened()]),
      serverClock,
      hasOwnIceServers: config.iceServers !== undefined,
      onRoomChanged: () => engine.onRoomChanged(),
      over: (left, wasPrepared) => this.#over(stopListening, left, wasPrepared),
    })
    const removals = [
      page.on('online', () => engine.networkChanged()),
      // A browser keeps no page for the way back that has an open connection.
      page.on('hide', () => mesh?.early.coolDown()),
    ]
    const stopListening = () => {
      for (const remove of removals) remove()
    }
    ports.key.live = true
    current.use(sender)
    this.#session = session
    return session
  }

  /** An app that shows the state only must see the failure too. */
  #couldNotBegin(error: LiveStreamError): void {
    const { store, eventQueue } = this.#ports
    const shown = { reason: 'failed', error } as const
    store.setStatus({ status: 'left', ...shown })
    eventQueue.emit({ name: 'left', payload: shown })
  }

  #over(stopListening: () => void, left: Promise<void>, wasPrepared: boolean): void {
    stopListening()
    const before = this.#leaving
    this.#leaving = before.then(() => left)
    this.#session = undefined
    this.#ports.current.use(undefined)
    // A prepared session took no seat: a reload still finds the seat of the page before.
    if (this.#key && !wasPrepared) this.#key.live = false
  }

  /** @throws LiveStreamError `invalid_options` */
  #sessionPorts(): SessionPorts {
    const { config, environment, page } = this.#ports
    const { room, token, name, joinTimeoutMs, WebSocket } = config
    const { clock, random, randomBytes } = environment
    checkRoomAndName(config)
    const base = baseOrPage(config)
    // Made at the first join: until then the session of the page before is kept for a reload.
    this.#key ??= new SessionKey(page, `${base} ${room}`, randomBytes)
    // A new one per session. If the leave before did not reach the server, the room learns from it that the old session has ended.
    const joinId = randomId(JOIN_ID_CHARACTERS, randomBytes)
    return {
      base,
      room,
      token,
      name,
      joinTimeoutMs,
      clock,
      random,
      page,
      joinId,
      key: this.#key,
      client: `peerstage-sdk/${SDK_VERSION}`,
      sender: new Sender(clock),
      WebSocket: () => WebSocket ?? globalWebSocket(),
    }
  }

  #abortWith(signal: AbortSignal, session: RoomSession, mayAbort: () => boolean): void {
    const abort = () => {
      if (this.#session === session && mayAbort()) void this.leave(aborted(signal))
    }
    signal.addEventListener('abort', abort, { once: true })
    const settled = () => signal.removeEventListener('abort', abort)
    session.joined.then(settled, settled)
  }
}

/** Whether the options of the client are wrong: then no session can begin. */
const isOfOptions = (error: unknown): error is LiveStreamError =>
  error instanceof LiveStreamError && error.code === 'invalid_options'

/** Safe to ignore, like every promise of this API. */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error)
  promise.catch(() => {})
  return promise
}
