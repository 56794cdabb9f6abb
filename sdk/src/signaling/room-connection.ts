import * as v from 'valibot'
import {
  type Goodbye,
  offerBody,
  type Reply,
  type ServerMessage,
  type ServerMessageOf,
  type Welcome,
} from '../protocol'
import type { Ending } from './close-policy'
import { Connection } from './connection'
import { helloOf, type Opening, roomUrl, subprotocolsOf } from './hello'
import { sendLeave } from './send-leave'
import type { RoomConnectionEvents, SessionEvents, SessionPorts } from './session-ports'
import { TokenRefresh } from './token'

/** A held socket may have died while the page slept. If it does not answer the request for a seat by then, another is opened. */
const HELD_ANSWER_MS = 2_000

type Phase =
  | { readonly type: 'connecting' }
  /** `held`: verified, without a seat. */
  | { readonly type: 'held' | 'connected'; readonly since: number }
  /** Held, and the seat was requested by that command. */
  | { readonly type: 'requesting'; readonly commandId: number }

/**
 * One connection of a session: from its hello, perhaps by a time as held, to the seat in the room, and to its end. The messages
 * about the room go to the client, everything else is handled here or told to the session.
 */
export class RoomConnection {
  readonly #ports: SessionPorts
  readonly #intent: Opening['intent']
  readonly #client: SessionEvents
  readonly #session: RoomConnectionEvents
  readonly #connection: Connection
  readonly #refresh: TokenRefresh
  #phase: Phase = { type: 'connecting' }
  #isOver = false
  /** Whether an offer went with its request for a seat. */
  hasOffered = false
  #maxCandidates = 0

  /** @throws LiveStreamError `hello_too_large`, `not_supported`, and what the WebSocket's constructor throws */
  constructor(ports: SessionPorts, opening: Opening, client: SessionEvents, session: RoomConnectionEvents) {
    const { base, room, clock, WebSocket } = ports
    this.#ports = ports
    this.#intent = opening.intent
    this.#client = client
    this.#session = session
    const protocols = subprotocolsOf(helloOf(ports, opening))
    this.#connection = new Connection(
      { WebSocket: WebSocket(), url: roomUrl(base, room), protocols, clock, limitMs: opening.limitMs },
      {
        opened: () => {
          session.opened()
          client.log('debug', 'the server took the socket')
        },
        messages: (messages) => this.#received(messages),
        ended: (ending, detail) => this.end(ending, detail),
      },
    )
    this.#refresh = new TokenRefresh(ports, {
      connection: this.#connection,
      isOver: () => this.#isOver,
      isHeld: () => this.#phase.type === 'held',
      log: client.log,
    })
  }

  get phase(): Phase['type'] {
    return this.#phase.type
  }

  /** Since when it is held, or in the room. */
  get since(): number | undefined {
    return 'since' in this.#phase ? this.#phase.since : undefined
  }

  /**
   * Whether it was held when it ended, or could not be held: then joining goes on as without it. But if the server rejected the
   * request for a seat and said when to try again, that time is kept.
   */
  wasHold({ retryAfterMs }: Ending): boolean {
    const { type } = this.#phase
    return type === 'requesting' ? retryAfterMs === undefined : type === 'connecting' && this.#intent === 'hold'
  }

  /** A held connection asks for a seat. */
  requestSeat(): void {
    const commandId = this.#ports.sender.nextId()
    this.#phase = { type: 'requesting', commandId }
    const offer = this.#client.offer(this.#maxCandidates)
    // A longer one than the server takes is left to the link.
    this.hasOffered = v.is(offerBody, offer)
    this.#connection.send({ type: 'join', id: commandId, offer: this.hasOffered ? offer : undefined })
    this.#connection.probe(HELD_ANSWER_MS)
  }

  /** The session takes the seat. `sameSession`: as the same participant in the same instance as before. */
  seated(welcome: Welcome, sameSession: boolean): void {
    const { clock, sender } = this.#ports
    this.#phase = { type: 'connected', since: clock.now() }
    this.#connection.welcomed(welcome.limits.maxFrameBytes)
    sender.connected(this.#connection, welcome, sameSession)
    if (welcome.confirm) this.#connection.send({ type: 'join', id: sender.nextId() })
  }

  /** The page woke up: is the server still there? */
  wake(): void {
    if ('since' in this.#phase) this.#connection.probe()
  }

  /** A link has fallen silent: is the server still there? */
  check(): void {
    if (this.#phase.type === 'connected') this.#connection.check()
  }

  /** Gives the seat up. Resolves when the server has answered, after a second at most. No event follows. */
  leave(): Promise<void> {
    const { sender, clock } = this.#ports
    this.#over()
    const commandId = this.#phase.type === 'connecting' ? undefined : sender.nextId()
    const left = sendLeave(this.#connection, commandId, clock)
    return commandId === undefined ? Promise.resolve() : left
  }

  /** It counts as ended: closes it, and tells the session. */
  end(ending: Ending, detail: string): void {
    if (this.#isOver) return
    this.close()
    this.#ports.sender.disconnected(ending.unsendable ?? false)
    this.#client.log('info', 'the connection ended', { detail })
    this.#session.ended(ending, detail)
  }

  /** Idempotent; no event follows. */
  close(): void {
    this.#over()
    this.#connection.close()
  }

  #over(): void {
    this.#isOver = true
    this.#refresh.cancel()
  }

  #received(messages: ServerMessage[]): void {
    for (const message of messages) if (!this.#isOver) this.#take(message)
    if (this.#isInRoom) this.#client.frameEnd()
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcomed(message)
      case 'held':
        return this.#held(message)
      case 'reply':
        return this.#answered(message)
      case 'goodbye':
        return this.#goodbye(message)
      case 'session.refreshNeeded':
        return void this.#refresh.run()
      case 'heartbeat':
        return
      default:
        if (message.type === 'iceServers' && this.#phase.type === 'held') this.#client.held(message.iceServers)
        else if (this.#isInRoom) this.#client.message(message)
    }
  }

  get #isInRoom(): boolean {
    return !this.#isOver && this.#phase.type === 'connected'
  }

  #welcomed(welcome: Welcome): void {
    if (this.#phase.type === 'connecting' || this.#phase.type === 'requesting') this.#session.welcomed(welcome)
  }

  #held({ limits, iceServers }: ServerMessageOf<'held'>): void {
    if (this.#phase.type !== 'connecting') return
    this.#phase = { type: 'held', since: this.#ports.clock.now() }
    this.#maxCandidates = limits.maxCandidates
    this.#connection.welcomed(limits.maxFrameBytes)
    this.#client.held(iceServers)
    this.#session.held()
  }

  /** If the server rejects a request for a seat, it keeps the connection held. A hello would get a goodbye; this is treated alike. */
  #answered(reply: Reply): void {
    const phase = this.#phase
    if (phase.type !== 'requesting' || reply.re !== phase.commandId || reply.ok)
      return this.#ports.sender.answered(reply)
    const { message: reason, retryAfterMs } = reply.error
    this.end({ code: 'unavailable', reason, retryAfterMs }, reason)
  }

  #goodbye(goodbye: Goodbye): void {
    if (this.#isInRoom) this.#client.frameEnd()
    this.#client.goodbye(goodbye)
    this.end(goodbye, `goodbye: ${goodbye.code}`)
  }
}
