import type { Offer, RoomInput } from '../../../server/src/hosting/input'
import type { Clock } from '../../../server/src/ports/clock'
import type { Connection } from '../../../server/src/ports/connection'
import {
  type ClientMessage,
  DEFAULT_LIMITS,
  decodeClientFrame,
  encodeMessage,
  GOODBYES,
  type GoodbyeCode,
  joinFrame,
  type Role,
  reject,
  type ServerMessage,
} from '../../src/protocol'
import type { Pipe, ServerEnd } from './network'

/** A token of this world: its identity and role. None is forged here. */
export const tokenFor = (identity: string, role: Role): string => `${identity}:${role}`

/** A session as the server keeps it. */
export const hashOf = (session: string): string => `hash of ${session}`

function claimsIn(token = ''): { identity: string; role: Role } {
  const [identity = '', role = ''] = token.split(':')
  return { identity, role: role as Role }
}

/** Gets what happens to the sockets, as the server sees it. */
export interface SocketObserver {
  /** The client asked for a seat. */
  asked(socket: ServerSocket): void
  seated(socket: ServerSocket): void
  /** The client asked to leave. */
  leaving(socket: ServerSocket): void
  replied(socket: ServerSocket, reply: Extract<ServerMessage, { type: 'reply' }>): void
  /** The server has closed it with a goodbye, or the socket is gone: then `code` is its close code. */
  closed(socket: ServerSocket, code: GoodbyeCode | number): void
}

export type SocketPorts = {
  readonly clock: Clock
  readonly submit: (roomId: string, input: RoomInput) => void
  readonly observer: SocketObserver
  readonly nextId: () => string
}

const GOING_AWAY = 1001
const NOTHING_TO_CONFIRM = reject('invalid', 'The hello has asked for the seat already.')

/** One socket at the server: a thin stand-in for the gateway, which turns a hello into a join, and frames into inputs. */
export class ServerSocket implements Connection, ServerEnd {
  readonly id: string
  readonly pipe: Pipe
  readonly identity: string
  readonly tokenRole: Role
  /** Who it is in the room, once it was told. */
  self: string | undefined
  readonly #ports: SocketPorts
  #waiting: string[] = []
  #early: string[] | undefined = []
  #isOpen = true
  #offer: Offer | undefined
  /** The `join` commands of a held connection: no ledger knows their numbers. */
  readonly #joins = new Set<number>()

  constructor(ports: SocketPorts, pipe: Pipe) {
    this.#ports = ports
    this.pipe = pipe
    this.id = ports.nextId()
    const { identity, role } = claimsIn(pipe.hello.token)
    this.identity = identity
    this.tokenRole = role
    // As the gateway does: two turns, in which a peer that has gone shows.
    ports.clock.nextTurn(() => ports.clock.nextTurn(() => this.#begin()))
  }

  get roomId(): string {
    return this.pipe.roomId
  }

  /** Whether it still takes part. */
  get isOpen(): boolean {
    return this.#isOpen && this.pipe.isServerOpen
  }

  send(message: string): void {
    if (!this.isOpen) return
    this.#waiting.push(message)
    if (message.startsWith('{"type":"welcome"')) this.self = /"self":"([^"]+)"/.exec(message)?.[1]
    if (!message.startsWith('{"type":"reply"')) return
    const reply = JSON.parse(message)
    if (!this.#joins.has(reply.re)) this.#ports.observer.replied(this, reply)
  }

  flush(): void {
    if (this.#waiting.length > 0 && this.isOpen) this.pipe.fromServer({ frame: joinFrame(this.#waiting.splice(0)) })
  }

  close(code: GoodbyeCode, reason: string, retryAfterMs?: number): void {
    if (!this.isOpen) return
    const goodbye = { type: 'goodbye', code, reason, retryable: GOODBYES[code].retry !== 'never' } as const
    this.#waiting.push(encodeMessage(retryAfterMs === undefined ? goodbye : { ...goodbye, retryAfterMs }))
    this.#finish(GOODBYES[code].close)
    this.#ports.observer.closed(this, code)
  }

  end(): void {
    if (!this.isOpen) return
    this.#finish(1000)
    this.#ports.observer.closed(this, 1000)
  }

  #finish(close: number): void {
    this.flush()
    this.#isOpen = false
    this.pipe.fromServer({ close })
  }

  frame(text: string): void {
    if (this.#early) this.#early.push(text)
    else for (const decoded of decodeClientFrame(text) ?? []) if (decoded.ok && this.isOpen) this.#take(decoded.message)
    this.flush()
  }

  over(code: number): void {
    if (this.#early) return
    this.#submit({ type: 'gone', connection: this, departure: code === GOING_AWAY ? 'closed' : 'lost' })
    this.#ports.observer.closed(this, code)
  }

  /** Asks the client for a fresh token. */
  wantFreshToken(): void {
    this.send(encodeMessage({ type: 'session.refreshNeeded', expiresAt: this.#ports.clock.now() + 60_000 }))
    this.flush()
  }

  #begin(): void {
    if (!this.isOpen) return
    if (this.#isHeld) this.send(encodeMessage({ type: 'held', iceServers: [], limits: DEFAULT_LIMITS }))
    else this.#join()
    const early = this.#early ?? []
    this.#early = undefined
    for (const text of early) this.frame(text)
  }

  /** Whether it holds: it was welcomed to no seat so far. */
  get #isHeld(): boolean {
    return this.pipe.hello.intent === 'hold' && this.self === undefined
  }

  #join(commandId?: number): void {
    this.#ports.observer.asked(this)
    const offer = this.#offer
    this.#offer = undefined
    const { session, joinId, attempt, seq, instance } = { ...this.pipe.hello, ...offer }
    const claims = { identity: this.identity, role: this.tokenRole, name: this.identity }
    this.#submit({
      type: 'join',
      connection: this,
      claims,
      sessionHash: hashOf(session),
      joinId,
      attempt,
      seated: () => this.#ports.observer.seated(this),
      // There are no links in this world.
      iceServers: [],
      ...(seq === undefined ? {} : { seq }),
      ...(instance === undefined ? {} : { instance }),
      ...(commandId === undefined ? {} : { commandId }),
      ...(offer === undefined ? {} : { offer }),
      offered: (offered) => {
        this.#offer = offered
      },
    })
  }

  #take(message: ClientMessage): void {
    switch (message.type) {
      case 'heartbeat':
        return this.send(encodeMessage({ type: 'heartbeat' }))
      case 'leave':
        if (this.#isHeld) return this.#leaveUnwelcomed(message.id)
        this.#ports.observer.leaving(this)
        return this.#submit({ type: 'leave', connection: this, commandId: message.id })
      case 'session.refresh': {
        const { role } = claimsIn(message.token)
        return this.#submit({ type: 'refresh', connection: this, commandId: message.id, role })
      }
      case 'signal':
        return this.#submit({ type: 'relay', connection: this, message: { type: 'signal', signal: message } })
      case 'cast':
        return this.#submit({ type: 'relay', connection: this, message: { type: 'cast', cast: message.cast } })
      case 'join':
        if (this.#isHeld) this.#joins.add(message.id)
        if (this.#isHeld || this.#offer !== undefined) return this.#join(message.id)
        // It was repeated on the way.
        return this.send(encodeMessage({ type: 'reply', re: message.id, ok: false, error: NOTHING_TO_CONFIRM }))
      default:
        return this.#submit({ type: 'command', connection: this, command: message })
    }
  }

  /** It may have asked for a seat, and the answer is still on its way. */
  #leaveUnwelcomed(commandId: number): void {
    this.#ports.observer.leaving(this)
    this.send(encodeMessage({ type: 'reply', re: commandId, ok: true, seq: 0 }))
    this.end()
    if (this.#joins.size > 0) this.#submit({ type: 'leave', connection: this, commandId })
  }

  #submit(input: RoomInput): void {
    this.#ports.submit(this.roomId, input)
  }
}
