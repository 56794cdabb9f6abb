import type { LiveStreamError } from '../../src/errors'
import type { Request, WhileOffline } from '../../src/ports/requests'
import type { GoodbyeCode, LoggedEvent, Role, Room, RoomEvent, UnknownEvent, Welcome } from '../../src/protocol'
import { Sender } from '../../src/signaling/sender'
import { SignalingSession } from '../../src/signaling/session'
import { SessionKey } from '../../src/signaling/session-key'
import type { Position, RoomMessage } from '../../src/signaling/session-ports'
import { RoomStore } from '../../src/state/store'
import { ManualPage } from '../harness/manual-page'
import type { Road } from './network'
import { tokenFor } from './server-socket'
import type { Time } from './time'

/** RFC 6455 §7.4.1: a page that is left. */
const GOING_AWAY = 1001

/** What a page asked of the room, and what became of it. */
export type Asked = { readonly command: Request; answer: 'none' | 'ok' | 'failed' }

/** What a page is told, for the checks. */
export interface Readers {
  /** `position`: up to where the page knew the room when the welcome came. */
  welcomed(page: LoadedPage, welcome: Welcome, position: Position | undefined): void
  folded(page: LoadedPage, logged: LoggedEvent<RoomEvent | UnknownEvent>): void
  goodbye(code: GoodbyeCode): void
  foundGap(page: LoadedPage, error: unknown): void
  dialled(page: LoadedPage): void
  ended(page: LoadedPage, error: LiveStreamError, code: GoodbyeCode | undefined): void
}

export type PageParts = {
  readonly label: string
  readonly identity: string
  readonly roomId: string
  readonly road: Road
  /** The `sessionStorage` of its tab. */
  readonly storage: ManualPage['storage']
  readonly time: Time
  /** From 0 up to, but not, 1. */
  readonly random: () => number
  readonly readers: Readers
  /** What the issuer of tokens makes of the identity now. */
  readonly role: () => Role
  /** Whether it joins at once, or is a prejoin screen first. */
  readonly begin: 'join' | 'prepare'
}

/**
 * One loaded page with the SDK's own session code in it: hello, resume, command queue, backoff, and the store that folds. What is
 * left out is media and the verbs.
 */
export class LoadedPage {
  readonly parts: PageParts
  readonly asked: Asked[] = []
  readonly joinId: string
  readonly #world: ManualPage
  readonly #key: SessionKey
  readonly #session: SignalingSession
  readonly #sender: Sender
  readonly #store: RoomStore
  /** Its JavaScript has stopped: it was reloaded, closed, or killed. */
  #unloaded = false
  #over = false
  #isJoining = false

  constructor(parts: PageParts) {
    this.parts = parts
    const { time, random, road, roomId, readers } = parts
    const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => random() * 256)
    const clock = {
      now: () => time.now(),
      after: (ms: number, callback: () => void) => time.after(ms, () => this.#unloaded || callback()),
    }
    this.#world = new ManualPage(parts.storage)
    this.#key = new SessionKey(this.#world, roomId, randomBytes)
    this.#key.live = true
    this.joinId = String.fromCharCode(...Array.from(randomBytes(22), (byte) => 97 + (byte % 26)))
    this.#store = new RoomStore({
      fields: () => ({}),
      listenerFailed: (error) => {
        throw error
      },
    })
    const token = () => tokenFor(parts.identity, parts.role())
    const WebSocket = () => {
      if (this.#unloaded) throw new Error('nothing runs here any more')
      readers.dialled(this)
      return road.WebSocket
    }
    const [base, client] = ['ws://model', 'model/1']
    this.#sender = new Sender(clock)
    const options = {
      sender: this.#sender,
      base,
      client,
      room: roomId,
      token,
      name: undefined,
      key: this.#key,
      joinId: this.joinId,
    }
    const ports = { joinTimeoutMs: 15_000, WebSocket, clock, random, page: this.#world }
    this.#session = new SignalingSession({ ...options, ...ports }, this.#events())
    if (parts.begin === 'join') this.join()
    else this.#session.prepare()
  }

  get key(): string {
    return this.#key.key
  }

  get room(): Room | undefined {
    return this.#store.room
  }

  get selfId(): string | undefined {
    return this.#store.selfId
  }

  get isUnloaded(): boolean {
    return this.#unloaded
  }

  /** Whether its session goes on: neither left, nor ended, nor unloaded. */
  get isLive(): boolean {
    return !this.#over && !this.#unloaded
  }

  /** Who is shown as reconnecting. */
  reconnecting(): string[] {
    const { participants } = this.#store.getState()
    return participants.filter(({ presence }) => presence === 'reconnecting').map(({ id }) => id)
  }

  ask(command: Request, whileOffline: WhileOffline): void {
    const asked: Asked = { command, answer: 'none' }
    this.asked.push(asked)
    this.#sender.request(command, whileOffline).then(
      () => {
        if (!this.#unloaded) asked.answer = 'ok'
      },
      () => {
        if (!this.#unloaded) asked.answer = 'failed'
      },
    )
  }

  /** A reaction: no test waits for its result. */
  react(): void {
    try {
      this.#sender.cast({ type: 'reaction', emoji: '👏' })
    } catch {
      // Not connected, or too many.
    }
  }

  /** Idempotent. */
  join(): void {
    if (this.#isJoining || !this.isLive) return
    this.#isJoining = true
    this.#session.start()
  }

  wake(): void {
    this.#world.tell('wake')
  }

  leave(): void {
    this.#over = true
    void this.#session.leave()
  }

  /** The page goes: a reload or a closed tab, whose sockets say 1001, or its process was killed. */
  unload(how: 'kindly' | 'killed'): void {
    if (how === 'kindly') this.#world.tell('hide')
    this.#unloaded = true
    if (how === 'kindly') for (const pipe of this.parts.road.pipes) pipe.fromClient({ close: GOING_AWAY })
  }

  #events(): ConstructorParameters<typeof SignalingSession>[1] {
    const { readers } = this.parts
    return {
      position: () => this.#store.position(),
      held: () => {},
      offer: () => undefined,
      disconnected: () => {},
      prepared: () => {},
      welcome: (welcome) => this.#apply(() => this.#welcomed(welcome)),
      message: (message) => this.#apply(() => this.#received(message)),
      frameEnd: () => {},
      goodbye: ({ code }) => readers.goodbye(code),
      waiting: () => {},
      ended: (error, code) => this.#ended(error, code),
      log: () => {},
    }
  }

  #ended(error: LiveStreamError, code: GoodbyeCode | undefined): void {
    if (this.#unloaded) return
    this.#over = true
    this.#key.live = false
    this.parts.readers.ended(this, error, code)
  }

  #welcomed(welcome: Welcome): void {
    const position = this.#store.position()
    const result = this.#store.welcome(welcome)
    if (result.resumed && result.applied.length !== welcome.events?.length) throw new RangeError('events came twice')
    this.parts.readers.welcomed(this, welcome, position)
    for (const logged of welcome.events ?? []) this.parts.readers.folded(this, logged)
  }

  #received(message: RoomMessage): void {
    if (message.type === 'presence') this.#store.presence(message.participantId, message.presence === 'reconnecting')
    if (message.type !== 'event') return
    if (this.#store.apply(message.logged) === undefined) throw new RangeError(`event ${message.logged.seq} came twice`)
    this.parts.readers.folded(this, message.logged)
  }

  /** The SDK would ask for a snapshot now, or pass over what came twice. Here nothing may be missing nor doubled. */
  #apply(step: () => void): void {
    if (this.#unloaded) return
    try {
      step()
    } catch (error) {
      this.parts.readers.foundGap(this, error)
    }
  }
}
