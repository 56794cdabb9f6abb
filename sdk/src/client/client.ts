import { LiveStreamError } from '../errors'
import { type Emitted, Emitter, type Listener } from '../events/emitter'
import { Moments } from '../events/event-queue'
import type { LinkView } from '../peering/mesh'
import { NOT_JOINED } from '../ports/requests'
import { DEFAULT_LIMITS } from '../protocol'
import type { Page } from '../signaling/page'
import { randomId } from '../signaling/random-id'
import { ServerClock } from '../signaling/server-clock'
import { SessionKey } from '../signaling/session-key'
import type { SessionOptions } from '../signaling/session-ports'
import type { ClientState } from '../state/state'
import { RoomStore } from '../state/store'
import { type ChatVerbs, chatVerbs } from '../verbs/chat'
import { type DataVerbs, dataVerbs } from '../verbs/data'
import { type MediaVerbs, mediaVerbs } from '../verbs/media'
import { type ModerationVerbs, moderationVerbs } from '../verbs/moderation'
import { type ReactionVerbs, reactionVerbs } from '../verbs/reactions'
import { type StageVerbs, stageVerbs } from '../verbs/stage'
import { checkOptionsObject, safelyWith, type VerbPort } from '../verbs/verb'
import { type Environment, sessionOptions, systemEnvironment } from './environment'
import { type Log, logUpTo } from './logger'
import { MediaRig } from './media-engine'
import { baseOrPage, type Config, checkOptions, checkRoomAndName, type LiveStreamClientOptions } from './options'
import { raw, standAlone } from './raw'
import { Stay } from './room-session'

/** How `join()` goes about it. */
export type JoinOptions = {
  /** Cancels joining: `join()` then rejects with `aborted`. Once joined it does nothing; call `leave()`. */
  signal?: AbortSignal
}

/** How `prepare()` goes about it. */
export type PrepareOptions = {
  /**
   * Lets go of what was prepared, later too; `prepare()` under way rejects with `aborted`. Once `join()` was called it does
   * nothing: a prejoin screen may abort when it is taken off the page, whichever way its user went.
   */
  signal?: AbortSignal
}

const JOIN_ID_CHARACTERS = 22

/**
 * A live room in an app. Make one, `join()`, show `state`, call the verbs, `leave()`.
 *
 * It builds the parts and wires them; the rules are theirs.
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
export class LiveStreamClient {
  /** One's own camera, microphone and screen, and the playing of the others' media. */
  readonly media: MediaVerbs
  /** Writing, deleting, and what was written before. */
  readonly chat: ChatVerbs
  /** Emojis for the moment. */
  readonly reactions: ReactionVerbs
  /** Coming on stage and leaving it, and deciding who may. */
  readonly stage: StageVerbs
  /** For hosts and cohosts. */
  readonly moderation: ModerationVerbs
  /** The app's own messages. */
  readonly data: DataVerbs

  readonly #config: Config
  readonly #environment: Environment
  readonly #log: Log
  readonly #page: Page
  readonly #emitter: Emitter
  readonly #store: RoomStore
  readonly #moments: Moments
  readonly #serverClock: ServerClock
  readonly #rig: MediaRig
  #key: SessionKey | undefined
  #stay: Stay | undefined
  /** The places that are being given up; the next stay waits for them all. */
  #leaving: Promise<void> = Promise.resolve()

  /**
   * Opens no connection and sends nothing; of the globals it reads only `crypto`.
   * Its verbs, and those of its parts, need no `this`: `const { join } = client` works. Vue, MobX and Svelte hold it as it is.
   * @param environment for tests
   * @throws LiveStreamError `invalid_options`; the message names the option. What a person may have typed (`room`, `name`) is
   * refused by `join()` instead: nothing that stands in an address ends a page that is being rendered
   */
  constructor(options: LiveStreamClientOptions, environment: Environment = systemEnvironment) {
    const config = checkOptions(options)
    this.#config = config
    this.#environment = environment
    this.#log = logUpTo(config.logLevel, config.logger)
    this.#page = environment.page(config.storage)
    this.#emitter = new Emitter((event, error) => this.#listenerFailed(event, error))
    this.#serverClock = new ServerClock(environment.clock, environment.wallNow)
    this.#rig = this.#newRig()
    this.#store = new RoomStore(this.#rig.overlay, (error) => this.#listenerFailed('subscribe', error))
    this.#moments = new Moments(this.#store, this.#emitter)
    const port = this.#verbPort()
    this.media = raw(mediaVerbs(this.#rig.local, this.#rig.playback, this.#rig.wish, port.safely))
    this.chat = raw(chatVerbs(port))
    this.reactions = raw(reactionVerbs(port, (emoji) => this.#echo(emoji)))
    this.stage = raw(stageVerbs(port))
    this.moderation = raw(moderationVerbs(port))
    this.data = raw(dataVerbs(port, (id) => id !== this.#store.selfId && this.#store.participant(id) !== undefined))
    this.getState = this.#store.getState
    this.subscribe = this.#store.subscribe
    this.serverNow = () => this.#serverClock.now()
    standAlone(this, LiveStreamClient.prototype)
  }

  /** What to show. Immutable; parts that did not change keep their identity. */
  get state(): ClientState {
    return this.getState()
  }

  /** The same as `state`, for `useSyncExternalStore`; needs no `this`. */
  readonly getState: () => ClientState

  /**
   * Calls back after each change of `state`. Returns what ends that; needs no `this`.
   * @throws LiveStreamError `invalid` for a listener that is no function
   */
  readonly subscribe: (listener: () => void) => () => void

  /**
   * What time it is by the server's clock, in milliseconds since the epoch: for how long ago `openedAt`, a message's `at` or
   * a hand's `at` was, and how far off `hostGraceUntil` is. It is right to a network delay where this machine's clock is wrong,
   * or is set meanwhile. Before the first join it is this machine's time. Needs no `this`.
   */
  readonly serverNow: () => number

  /** How the links to other participants do. */
  get links(): readonly LinkView[] {
    return this.#rig.links
  }

  /**
   * For a prejoin screen: makes ready what `join()` then needs not wait for. Gets a token, opens the connection, has both checked, and
   * makes the key for links. The room is not told, it takes no seat, and `state` does not change. Resolves when `join()`
   * needs one message only, or when the server keeps no more connections ready. Never needed, and never worse than none: what is
   * lost is made anew by itself, for half an hour since the last call; `join()` makes what is not there. Called again it gives the
   * same promise, until `leave()` or an abort lets go of it. Joined, it does nothing.
   *
   * Token and name are as they were when it was called. Where they come from what is typed on that screen, call it after that.
   *
   * @throws LiveStreamError what `join()` would be refused with for good before it asks for a place (`unauthorized`, `forbidden`, …), and
   * otherwise as `join()`. Whether the room is full, locked or there is for `join()` to learn
   */
  prepare(options: PrepareOptions = {}): Promise<void> {
    return this.#go(options, 'prepare')
  }

  /**
   * Takes a place in the room. Called again, it gives the same promise, until the room is left.
   *
   * @throws LiveStreamError what the server refuses with (`unauthorized`, `room_full`, `room_locked`, …), `timeout`,
   * `unreachable`, `aborted`, `token_unavailable`, `hello_too_large`, `not_supported`, `invalid` (the options of this call),
   * `invalid_options` (`room` is no room id, `name` is too long, or no `url` where there is no page)
   */
  join(options: JoinOptions = {}): Promise<void> {
    return this.#go(options, 'start')
  }

  /**
   * Gives the place up, stops all media and ends in state `left`, at once; resolves when the server knows, after a second at
   * most. Safe in any state, `join()` under way included (that rejects with `aborted`). `join()` works again after it.
   * While the connection is down the server cannot be told: to the others one is `reconnecting` then, until the server's
   * grace has passed (60 s, unless the server is set otherwise). `join()` before that comes back as the same participant, as a
   * reloaded page does: with nothing published.
   */
  leave(): Promise<void> {
    return this.#leaveBecause(new LiveStreamError('aborted', 'The room was left.'))
  }

  /**
   * Calls back at each event of that name; `'*'` gets all, as `{name, payload}`. Returns what ends that.
   * @throws LiveStreamError `invalid` for a listener that is no function. A name that no event has is not noticed: types know the names
   */
  on<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    return this.#emitter.on(name, listener)
  }

  /** As `on`, for the next event only. */
  once<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    return this.#emitter.once(name, listener)
  }

  /** Ends what `on` or `once` began with the same listener. Harmless for an unknown one. */
  off<N extends keyof Emitted>(name: N, listener: Listener<N>): void {
    this.#emitter.off(name, listener)
  }

  #go(options: JoinOptions | PrepareOptions, way: 'prepare' | 'start'): Promise<void> {
    let signal: AbortSignal | undefined
    try {
      signal = signalOf(options)
    } catch (error) {
      return rejected(error)
    }
    if (signal?.aborted) return rejected(aborted(signal))
    try {
      const stay = this.#stay ?? this.#begin()
      stay[way]()
      if (signal) this.#abortWith(signal, stay, () => way === 'start' || stay.isPreparing)
      return way === 'start' ? stay.joined : stay.prepared
    } catch (error) {
      if (way === 'start') this.#couldNotBegin(error)
      return rejected(error)
    }
  }

  #begin(): Stay {
    const session = this.#sessionOptions()
    const stay: Stay = new Stay({
      store: this.#store,
      moments: this.#moments,
      media: this.#rig.local,
      mesh: this.#rig.newMesh((signal) => stay.session.sender.signal({ ...signal, type: 'signal' })),
      log: this.#log,
      session,
      before: Promise.all([this.#leaving, this.#page.opened()]),
      serverClock: this.#serverClock,
      hasOwnIceServers: this.#config.iceServers !== undefined,
      refold: () => this.#rig.refold(),
      over: (told) => this.#over(stopListening, told),
    })
    const stopListening = this.#page.on('online', () => this.#rig.networkChanged())
    session.key.live = true
    this.#stay = stay
    return stay
  }

  /** A page that shows the state alone must learn of it too. */
  #couldNotBegin(error: unknown): void {
    if (!(error instanceof LiveStreamError)) return
    const shown = { reason: 'failed', error } as const
    this.#store.stand({ status: 'left', ...shown })
    this.#moments.tell({ name: 'left', payload: shown })
  }

  #over(stopListening: () => void, told: Promise<void>): void {
    stopListening()
    const before = this.#leaving
    this.#leaving = before.then(() => told)
    this.#stay = undefined
    if (this.#key) this.#key.live = false
  }

  /** @throws LiveStreamError `invalid_options` */
  #sessionOptions(): SessionOptions {
    const { randomBytes } = this.#environment
    checkRoomAndName(this.#config)
    const base = baseOrPage(this.#config)
    // Made at the first join: a page that only looks around keeps the session of the page before.
    this.#key ??= new SessionKey(this.#page, `${base} ${this.#config.room}`, randomBytes)
    // A new one per stay. Where the leave before was not heard, the room learns by it that all of that stay has ended.
    const joinId = randomId(JOIN_ID_CHARACTERS, randomBytes)
    const own = { base, key: this.#key, joinId, page: this.#page }
    return sessionOptions(this.#config, this.#environment, own)
  }

  #abortWith(signal: AbortSignal, stay: Stay, mayAbort: () => boolean): void {
    const abort = () => {
      if (this.#stay === stay && mayAbort()) void this.#leaveBecause(aborted(signal))
    }
    signal.addEventListener('abort', abort, { once: true })
    const settled = () => signal.removeEventListener('abort', abort)
    stay.joined.then(settled, settled)
  }

  #leaveBecause(error: LiveStreamError): Promise<void> {
    this.#stay?.leave(error)
    return this.#leaving
  }

  #newRig(): MediaRig {
    return new MediaRig({
      config: this.#config,
      environment: this.#environment,
      store: () => this.#store,
      moments: () => this.#moments,
      announce: async (source, change) => {
        if (this.#stay === undefined) throw new LiveStreamError('not_joined', 'This needs a joined room.')
        await this.#stay.announce(source, change)
      },
    })
  }

  #verbPort(): VerbPort {
    return {
      requests: () => this.#stay?.session.sender ?? NOT_JOINED,
      limits: () => this.#stay?.session.sender.limits ?? DEFAULT_LIMITS,
      safely: safelyWith((command, error) =>
        this.#moments.tell({ name: 'commandFailed', payload: { command, error } }),
      ),
    }
  }

  /** The server sends a cast to the others only. */
  #echo(emoji: string): void {
    const { selfId } = this.#store
    if (selfId === undefined) return
    this.#moments.addAbout(selfId, (participant) => ({ name: 'reaction', payload: { participant, emoji } }))
    this.#moments.nudge()
  }

  #listenerFailed(event: string, error: unknown): void {
    this.#log('error', `a listener of "${event}" threw`, { error })
    if (event !== 'listenerFailed') this.#moments.tell({ name: 'listenerFailed', payload: { event, error } })
  }
}

/** @throws LiveStreamError `invalid`, and nothing has begun */
function signalOf(options: JoinOptions | PrepareOptions): AbortSignal | undefined {
  checkOptionsObject(options)
  const { signal } = options
  // As `fetch` does, null is taken for none.
  if (signal && typeof signal.addEventListener !== 'function')
    throw new LiveStreamError('invalid', 'signal must be an AbortSignal: new AbortController().signal.')
  return signal
}

const aborted = (signal: AbortSignal) =>
  new LiveStreamError('aborted', 'Joining was cancelled.', { cause: signal.reason })

/** Safe to ignore, like every promise of this API. */
function rejected(error: unknown): Promise<never> {
  const promise = Promise.reject(error)
  promise.catch(() => {})
  return promise
}
