import { GOODBYES, goodbyeOfClose } from '@peerstage/sdk/protocol'
import type { WebSocket } from 'ws'
import type { Clock } from '../ports/clock'
import { Lane } from './direction'
import { type Direction, readFrame, type Said } from './frame'
import { LineToken, spoilt } from './line-token'
import { type Fate, type MessageFaults, UNTOUCHED } from './message-faults'
import { isOurs, roundTrip } from './round-trip'

/** RFC 6455 §7.4.1: there was no code; there was no close. Neither may be said. */
const NO_STATUS = 1005
export const ABNORMAL = 1006

export type LineParts = {
  readonly faults: MessageFaults
  readonly clock: Clock
  /** Tokens that are over by a fault. */
  readonly expired: ReadonlySet<string>
}

/** Who is on a line, as the hello says; that it is true is for the server to find out. */
export type Caller = { readonly identity: string | undefined; readonly token: string | undefined }

type Judged = { readonly raw: object; readonly fate: Fate; readonly isTouched: boolean }

/** One connection of a client to the server, and what faults make of it. */
export class Line {
  readonly identity: string | undefined
  readonly #parts: LineParts
  readonly #client: WebSocket
  readonly #server: WebSocket
  readonly #up: Lane
  readonly #down: Lane
  readonly #token: LineToken
  #isCut = false
  /** An end that has not answered is not waited for again, until it says something. */
  #isSilent = false

  constructor(parts: LineParts, { identity, token }: Caller, client: WebSocket, server: WebSocket) {
    this.#parts = parts
    this.identity = identity
    this.#client = client
    this.#server = server
    this.#up = new Lane(client, server)
    this.#down = new Lane(server, client)
    this.#token = new LineToken(token, parts.clock)
    this.#connect('up', client, server, this.#up)
    this.#connect('down', server, client, this.#down)
  }

  get token(): string | undefined {
    return this.#token.text
  }

  /** Whether both ends still have it. */
  get isOpen(): boolean {
    return !this.#isCut && [this.#client, this.#server].every((socket) => socket.readyState === socket.OPEN)
  }

  /** Ends it for both ends. The client sees the code, and the goodbye that belongs to it; to the server the peer is lost. */
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

  /** Half-open: neither end hears anything any more, nor that the other has gone. */
  stall(direction?: Direction): void {
    if (direction !== 'down') this.#up.stall()
    if (direction !== 'up') this.#down.stall()
  }

  release(): void {
    this.#up.release()
    this.#down.release()
  }

  /** The server would ask for a fresh token, and close without one. */
  expireToken(): void {
    const expiresAt = this.#parts.clock.wall()
    this.#token.expire(() => this.cut(GOODBYES.unauthorized.close, 'The token has expired.'))
    this.#down.send(JSON.stringify([{ type: 'session.refreshNeeded', expiresAt }]), false)
  }

  /** Waits until what is on its way to and fro has arrived; not where something stands still. */
  async settle(): Promise<void> {
    for (const [lane, socket] of [
      [this.#up, this.#server],
      [this.#down, this.#client],
      [this.#up, this.#server],
    ] as const) {
      if (!this.isOpen || this.#isSilent || this.#up.isHeld || this.#down.isHeld) return
      this.#isSilent = !(await roundTrip(socket, (marker) => lane.pass(() => socket.ping(marker, undefined, ignore))))
    }
  }

  #connect(direction: Direction, from: WebSocket, to: WebSocket, lane: Lane): void {
    from.on('message', (data: Buffer, isBinary) => this.#carry(direction, data, isBinary, lane))
    from.on('ping', (data) => lane.pass(() => to.ping(data, undefined, ignore)))
    from.on('pong', (data) => {
      this.#isSilent = false
      if (!isOurs(data)) lane.pass(() => to.pong(data, undefined, ignore))
    })
    // The close behind it says all.
    from.on('error', ignore)
    from.once('close', (code, reason) => {
      this.#token.stop()
      if (!this.#isCut) lane.last(() => end(to, code, reason.toString()))
    })
  }

  #carry(direction: Direction, data: Buffer, isBinary: boolean, lane: Lane): void {
    if (this.#isCut || lane.isOver) return
    const frame = isBinary ? [] : this.#judgeAll(readFrame(direction, this.identity, data.toString()))
    if (frame.every(({ isTouched }) => !isTouched)) return lane.send(data, isBinary)
    for (const { raw, fate } of frame) {
      if (fate.kind === 'close') return lane.last(() => this.cut(fate.code))
      if (fate.kind === 'drop') continue
      for (let copy = 0; copy < fate.copies; copy++) lane.send(JSON.stringify([raw]), false, fate.gate)
    }
  }

  /** As far as a message that closes the connection: what comes behind it is lost, and no fault happens to it. */
  #judgeAll(frame: Said[]): Judged[] {
    const judged: Judged[] = []
    for (const said of frame) {
      const { fate } = judged.at(-1) ?? {}
      if (fate?.kind === 'close') break
      judged.push(this.#judge(said))
    }
    return judged
  }

  #judge({ raw, passing }: Said): Judged {
    if (passing === undefined) return { raw, fate: UNTOUCHED, isTouched: false }
    const { direction, message } = passing
    if (direction === 'up') this.#token.sent(message)
    else this.#token.received(message)
    const isOver = message.type === 'session.refresh' && this.#parts.expired.has(message.token)
    const fate = this.#parts.faults.fateOf(passing)
    if (isOver) return { raw: { ...message, token: spoilt(message.token) }, fate, isTouched: true }
    return { raw, fate, isTouched: fate !== UNTOUCHED }
  }
}

/** Ends a socket as the other one has ended. */
function end(socket: WebSocket, code: number, reason: string): void {
  if (code === NO_STATUS) socket.close()
  else if (code === ABNORMAL) socket.terminate()
  else socket.close(code, reason)
}

const ignore = () => {}
