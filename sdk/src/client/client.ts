import { LiveStreamError } from '../errors'
import { type Emitted, Emitter, type Listener } from '../events/emitter'
import { EventQueue } from '../events/event-queue'
import type { LinkView } from '../peering/link-view'
import { ServerClock } from '../ports/clock'
import type { Cast } from '../protocol'
import { CurrentSender } from '../signaling/sender'
import { RoomStore } from '../state/store'
import { type ClientState, type ClientVerbs, type SliceState, verbsOf, viewOf } from '../verbs/slices'
import { safelyWith, type VerbPorts } from '../verbs/verb'
import type { JoinOptions, PrepareOptions } from './cancelling'
import { type Environment, systemEnvironment } from './environment'
import { type Log, logUpTo } from './logger'
import { MediaEngine } from './media-engine'
import { checkOptions, type LiveStreamClientOptions } from './options'
import { raw, standAlone } from './raw'
import { RoomSessions } from './room-sessions'

/** What the features give a client; its constructor fills it in. */
const WithVerbs = class {} as new () => ClientVerbs

/**
 * A live room in an app. Create a client, `join()`, show `state`, call its methods, `leave()`.
 *
 * This class creates its parts and connects them; the parts contain the rules.
 *
 * @example
 * ```ts
 * import { LiveStreamClient } from '@peerstage/sdk'
 *
 * const client = new LiveStreamClient({ url: 'wss://live.example.com', room: 'town-hall', token: fetchToken })
 * client.subscribe(() => render(client.state))
 * client.on('trackAdded', ({ participant, kind }) => {
 *   client.media.attach(kind === 'talk' ? videoFor(participant.id) : screenVideo, { participantId: participant.id, kind })
 * })
 * await client.join()
 * await client.media.publish({ camera: true, microphone: true })
 * ```
 */
export class LiveStreamClient extends WithVerbs {
  readonly #log: Log
  readonly #emitter: Emitter
  readonly #store: RoomStore<SliceState>
  readonly #eventQueue: EventQueue
  readonly #serverClock: ServerClock
  readonly #engine: MediaEngine
  readonly #current = new CurrentSender()
  readonly #sessions: RoomSessions

  /**
   * Opens no connection and sends nothing; of the globals it reads only `crypto`.
   * Its methods, and those of its parts, need no `this`: `const { join } = client` works. Vue, MobX and Svelte do not wrap it.
   * @param environment for tests
   * @throws LiveStreamError `invalid_options`; the message names the option. An invalid `room` or `name`,
   * which may come from an address or a form, is rejected by `join()` instead, so that it does not stop a page that is being rendered
   */
  constructor(options: LiveStreamClientOptions, environment: Environment = systemEnvironment) {
    super()
    const config = checkOptions(options)
    this.#log = logUpTo(config.logLevel, config.logger)
    const page = environment.page(config.storage)
    this.#emitter = new Emitter((event, error) => this.#listenerFailed(event, error))
    this.#serverClock = new ServerClock(environment.clock, environment.wallNow)
    this.#store = new RoomStore({
      fields: viewOf,
      listenerFailed: (error) => this.#listenerFailed('subscribe', error),
    })
    this.#eventQueue = new EventQueue(this.#store, this.#emitter)
    const shared = { config, environment, store: this.#store, eventQueue: this.#eventQueue }
    this.#engine = new MediaEngine({ ...shared, updateMedia: this.#current.updateMedia })
    this.#store.showMedia(this.#engine.mediaView)
    this.#sessions = new RoomSessions({
      ...shared,
      page,
      engine: this.#engine,
      serverClock: this.#serverClock,
      current: this.#current,
      log: this.#log,
    })
    for (const [name, verbs] of Object.entries(verbsOf(this.#verbPorts()))) Object.assign(this, { [name]: raw(verbs) })
    this.getState = this.#store.getState
    this.subscribe = this.#store.subscribe
    this.serverNow = () => this.#serverClock.now()
    standAlone(this, LiveStreamClient.prototype)
  }

  /** The state to show. Immutable; parts that did not change keep their identity. */
  get state(): ClientState {
    return this.getState()
  }

  /** The same as `state`, for `useSyncExternalStore`; needs no `this`. */
  readonly getState: () => ClientState

  /**
   * Calls the listener after each change of `state`. Returns a function that removes it; needs no `this`.
   * @throws LiveStreamError `invalid` if the listener is not a function
   */
  readonly subscribe: (listener: () => void) => () => void

  /**
   * The time of the server, in milliseconds since the epoch. Use it to show the age of `openedAt`, a message's `at` or
   * a hand's `at`, and the time until `hostGraceUntil`. It is correct up to a network delay, even if this machine's clock is wrong
   * or changes. Before the first join it is this machine's time. Needs no `this`.
   */
  readonly serverNow: () => number

  /** The links to other participants, with their state. */
  get links(): readonly LinkView[] {
    return this.#engine.links
  }

  /**
   * Prepares a later `join()`, for a prejoin screen: gets a token, opens the connection, lets the server verify it, and
   * makes the offer of the first link. The room sees nothing of it, it takes no seat, and `state` does not change. Resolves when `join()`
   * needs only one message, or when the server accepts no more such connections. It is optional: `join()` does what is missing. A lost
   * connection is replaced for half an hour after the last call. Called again, it returns the
   * same promise, until `leave()` or an abort. After joining it has no effect.
   *
   * Token and name are read at this call. If users type them on that screen, call it afterwards.
   *
   * @throws LiveStreamError the final errors of `join()` before it asks for a seat (`unauthorized`, `forbidden`, …), and
   * otherwise as `join()`. Only `join()` tells whether the room is full, locked or open
   */
  prepare(options: PrepareOptions = {}): Promise<void> {
    return this.#sessions.run('prepare', options)
  }

  /**
   * Joins the room. Called again, it returns the same promise, until the room is left.
   *
   * @throws LiveStreamError the server's rejection (`unauthorized`, `room_full`, `room_locked`, …), `timeout`,
   * `unreachable`, `aborted`, `token_unavailable`, `hello_too_large`, `not_supported`, `invalid` (the options of this call),
   * `invalid_options` (`room` is not a room id, `name` is too long, or there is neither a `url` nor a page)
   */
  join(options: JoinOptions = {}): Promise<void> {
    return this.#sessions.run('start', options)
  }

  /**
   * Frees the seat, stops all media and sets the state to `left`, at once. Resolves when the server has confirmed it, after a second at
   * most. Safe in every state, also during `join()` (which rejects with `aborted`). You may call `join()` again afterwards.
   * If the connection is down, the server cannot be told: the others see the participant as `reconnecting` until the
   * grace is over (default 60 s). A `join()` before that returns as the same participant, like a
   * reloaded page: with nothing published.
   */
  leave(): Promise<void> {
    return this.#sessions.leave(new LiveStreamError('aborted', 'The room was left.'))
  }

  /**
   * Calls the listener at each event of that name; `'*'` gets all, as `{name, payload}`. Returns a function that removes it.
   * @throws LiveStreamError `invalid` if the listener is not a function. An unknown event name is an error of the types only
   */
  on<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    return this.#emitter.on(name, listener)
  }

  /** As `on`, for the next event only. */
  once<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    return this.#emitter.once(name, listener)
  }

  /** Removes a listener that `on` or `once` added. Harmless for an unknown one. */
  off<N extends keyof Emitted>(name: N, listener: Listener<N>): void {
    this.#emitter.off(name, listener)
  }

  #verbPorts(): VerbPorts {
    const { local, playback, setSound } = this.#engine
    return {
      requests: () => this.#current.requests,
      limits: () => this.#current.limits,
      safely: safelyWith((command, error) =>
        this.#eventQueue.emit({ name: 'commandFailed', payload: { command, error } }),
      ),
      isOther: (id) => id !== this.#store.selfId && this.#store.participant(id) !== undefined,
      echo: (cast) => this.#echo(cast),
      media: { local, playback, setSound },
    }
  }

  #echo(cast: Cast): void {
    const { selfId } = this.#store
    if (selfId === undefined) return
    this.#eventQueue.addCast(selfId, cast)
    this.#eventQueue.nudge()
  }

  #listenerFailed(event: string, error: unknown): void {
    this.#log('error', `a listener of "${event}" threw`, { error })
    if (event !== 'listenerFailed') this.#eventQueue.emit({ name: 'listenerFailed', payload: { event, error } })
  }
}
