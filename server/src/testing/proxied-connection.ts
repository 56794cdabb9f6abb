import { GOODBYES, goodbyeOfClose } from '@peerstage/sdk/protocol'
import type { WebSocket } from 'ws'
import type { Clock } from '../ports/clock'
import { ConnectionToken, invalidated } from './connection-token'
import { type Direction, type FrameMessage, readFrame } from './frame'
import { type MessageAction, type MessageFaults, UNTOUCHED } from './message-faults'
import { RelayDirection } from './relay-direction'
import { isOurs, roundTrip } from './round-trip'

/** RFC 6455 §7.4.1: a close frame without a code; no close frame. Neither code may be sent. */
const NO_STATUS = 1005
export const ABNORMAL = 1006

export type ProxiedConnectionPorts = {
  readonly faults: MessageFaults
  readonly clock: Clock
  /** Tokens that a fault has expired. */
  readonly expired: ReadonlySet<string>
}

/** The identity and token in the hello. The server verifies them, the proxy does not. */
export type ClaimedIdentity = { readonly identity: string | undefined; readonly token: string | undefined }

type JudgedMessage = { readonly raw: object; readonly action: MessageAction; readonly isTouched: boolean }

/** A relayed connection between client and server, with its faults. */
export class ProxiedConnection {
  readonly identity: string | undefined
  readonly #ports: ProxiedConnectionPorts
  readonly #client: WebSocket
  readonly #server: WebSocket
  readonly #up: RelayDirection
  readonly #down: RelayDirection
  readonly #token: ConnectionToken
  #isCut = false
  /** Whether an end did not answer in time. Then `settle` does not wait for it until it answers again. */
  #isSilent = false

  constructor(
    ports: ProxiedConnectionPorts,
    { identity, token }: ClaimedIdentity,
    client: WebSocket,
    server: WebSocket,
  ) {
    this.#ports = ports
    this.identity = identity
    this.#client = client
    this.#server = server
    this.#up = new RelayDirection(client, server)
    this.#down = new RelayDirection(server, client)
    this.#token = new ConnectionToken(token, ports.clock)
    this.#connect('up', client, server, this.#up)
    this.#connect('down', server, client, this.#down)
  }

  get token(): string | undefined {
    return this.#token.text
  }

  /** Whether both sockets are open. */
  get isOpen(): boolean {
    return !this.#isCut && [this.#client, this.#server].every((socket) => socket.readyState === socket.OPEN)
  }

  /** Ends both sockets. The client gets the code and its goodbye; for the server the client is lost. */
  cut(code: number, reason = 'A test has closed this connection.'): void {
    if (this.#isCut) return
    this.#isCut = true
    this.release()
    const goodbye = goodbyeOfClose(code)
    if (goodbye !== undefined) {
      const retryable = GOODBYES[goodbye].retry !== 'never'
      this.#client.send(JSON.stringify([{ type: 'goodbye', code: goodbye, reason, retryable }]))
    }
    end(this.#client, code, goodbye ?? '')
    this.#server.terminate()
  }

  /** Makes the connection half-open: neither end receives anything, or notices that the other is gone. */
  stall(direction?: Direction): void {
    if (direction !== 'down') this.#up.stall()
    if (direction !== 'up') this.#down.stall()
  }

  release(): void {
    this.#up.release()
    this.#down.release()
  }

  /** Does what the server does when a token expires: asks for a fresh one, and closes without it. */
  expireToken(): void {
    const expiresAt = this.#ports.clock.wall()
    this.#token.expire(() => this.cut(GOODBYES.unauthorized.close, 'The token has expired.'))
    this.#down.send(JSON.stringify([{ type: 'session.refreshNeeded', expiresAt }]), false)
  }

  /** Waits until all messages in both directions have arrived, unless the connection is held. */
  async settle(): Promise<void> {
    for (const [relay, socket] of [
      [this.#up, this.#server],
      [this.#down, this.#client],
      [this.#up, this.#server],
    ] as const) {
      if (!this.isOpen || this.#isSilent || this.#up.isHeld || this.#down.isHeld) return
      this.#isSilent = !(await roundTrip(socket, (marker) => relay.pass(() => socket.ping(marker, undefined, ignore))))
    }
  }

  #connect(direction: Direction, from: WebSocket, to: WebSocket, relay: RelayDirection): void {
    from.on('message', (data: Buffer, isBinary) => this.#carry(direction, data, isBinary, relay))
    from.on('ping', (data) => relay.pass(() => to.ping(data, undefined, ignore)))
    from.on('pong', (data) => {
      this.#isSilent = false
      if (!isOurs(data)) relay.pass(() => to.pong(data, undefined, ignore))
    })
    // The `close` event follows.
    from.on('error', ignore)
    from.once('close', (code, reason) => {
      this.#token.stop()
      if (!this.#isCut) relay.last(() => end(to, code, reason.toString()))
    })
  }

  #carry(direction: Direction, data: Buffer, isBinary: boolean, relay: RelayDirection): void {
    if (this.#isCut || relay.isOver) return
    const frame = isBinary ? [] : this.#judgeAll(readFrame(direction, this.identity, data.toString()))
    if (frame.every(({ isTouched }) => !isTouched)) return relay.send(data, isBinary)
    for (const { raw, action } of frame) {
      if (action.type === 'close') return relay.last(() => this.cut(action.code))
      if (action.type === 'drop') continue
      for (let copy = 0; copy < action.copies; copy++) relay.send(JSON.stringify([raw]), false, action.heldUntil)
    }
  }

  /** Applies the faults, up to a message that closes the connection: later ones are lost and not counted. */
  #judgeAll(frame: FrameMessage[]): JudgedMessage[] {
    const judged: JudgedMessage[] = []
    for (const frameMessage of frame) {
      const { action } = judged.at(-1) ?? {}
      if (action?.type === 'close') break
      judged.push(this.#judge(frameMessage))
    }
    return judged
  }

  #judge({ raw, inTransit }: FrameMessage): JudgedMessage {
    if (inTransit === undefined) return { raw, action: UNTOUCHED, isTouched: false }
    const { direction, message } = inTransit
    if (direction === 'up') this.#token.sent(message)
    else this.#token.received(message)
    const isOver = message.type === 'session.refresh' && this.#ports.expired.has(message.token)
    const action = this.#ports.faults.actionFor(inTransit)
    if (isOver) return { raw: { ...message, token: invalidated(message.token) }, action, isTouched: true }
    return { raw, action, isTouched: action !== UNTOUCHED }
  }
}

/** Closes a socket in the way in which the other one was closed. */
function end(socket: WebSocket, code: number, reason: string): void {
  if (code === NO_STATUS) socket.close()
  else if (code === ABNORMAL) socket.terminate()
  else socket.close(code, reason)
}

const ignore = () => {}
