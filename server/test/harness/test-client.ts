import { randomBytes } from 'node:crypto'
import {
  type Command,
  decodeServerFrame,
  encodeHello,
  HELLO_PREFIX,
  type Hello,
  type ServerMessage,
  type ServerMessageOf,
  SUBPROTOCOL,
} from '@peerstage/sdk/protocol'
import { type ClientOptions, WebSocket } from 'ws'

type Type = ServerMessage['type']
/** `Omit` that keeps a union's variants apart. */
type WithoutId<C> = C extends unknown ? Omit<C, 'id'> : never

/** Fields of the hello, and options of the connection. */
export type TestClientOptions = Partial<Hello> & {
  readonly headers?: ClientOptions['headers']
  /** Whether the client confirms a welcome that asks for it. Default true. */
  readonly confirms?: boolean
  /** The certificate authority to trust, for TLS. */
  readonly ca?: string
}

export const newSession = (): string => randomBytes(32).toString('base64url')

/** A protocol client on a real WebSocket, without the SDK. It stores all messages, and lets a test wait for one. */
export class TestClient {
  readonly socket: WebSocket
  readonly hello: Hello
  /** All received messages, in order. */
  readonly received: ServerMessage[] = []
  /** The number of messages and bytes of each received frame. */
  readonly frames: { messages: number; bytes: number }[] = []
  readonly opened: Promise<void>
  readonly closed: Promise<number>
  #changed: (() => void)[] = []
  #closeCode: number | undefined
  #nextId = 1
  readonly #confirms: boolean
  /** The id of the `join` command that confirmed the welcome. */
  #confirmedBy: number | undefined

  constructor(url: string, room: string, { headers, ca, confirms = true, ...hello }: TestClientOptions = {}) {
    this.#confirms = confirms
    this.hello = {
      intent: 'join',
      session: newSession(),
      attempt: 1,
      joinId: randomBytes(12).toString('base64url'),
      client: 'test/1',
      ...hello,
    }
    const protocols = [SUBPROTOCOL, HELLO_PREFIX + encodeHello(this.hello)]
    const address = `${url.replace(/^http/, 'ws')}/v1/rooms/${room}`
    this.socket = new WebSocket(address, protocols, { ...(headers && { headers }), ...(ca && { ca }) })
    this.socket.on('error', () => {})
    this.opened = new Promise((resolve) => this.socket.once('open', resolve))
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.socket.on('close', (code) => {
      this.#closeCode = code
      this.#notify()
    })
    this.socket.on('message', (data) => this.#read(String(data)))
  }

  /** Waits for the first message that passes. Throws when the socket closes without one. */
  async until<M extends ServerMessage>(passes: (message: ServerMessage) => message is M): Promise<M>
  async until(passes: (message: ServerMessage) => boolean): Promise<ServerMessage>
  async until(passes: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    for (;;) {
      const found = this.received.find(passes)
      if (found !== undefined) return found
      if (this.#closeCode !== undefined)
        throw new Error(`closed with ${this.#closeCode}: ${JSON.stringify(this.received)}`)
      await new Promise<void>((resolve) => this.#changed.push(resolve))
    }
  }

  next<T extends Type>(type: T): Promise<ServerMessageOf<T>> {
    return this.until((message): message is ServerMessageOf<T> => message.type === type)
  }

  /** Resolves when the client has its seat: with a welcome that asks for confirmation, after the reply to that. */
  async welcome(): Promise<ServerMessageOf<'welcome'>> {
    const welcome = await this.next('welcome')
    if (this.#confirmedBy !== undefined) await this.reply(this.#confirmedBy)
    return welcome
  }

  /** Waits for the first room event of this type. */
  event(type: string): Promise<ServerMessageOf<'event'>> {
    return this.until((m): m is ServerMessageOf<'event'> => m.type === 'event' && m.logged.event.type === type)
  }

  events(type?: string): ServerMessageOf<'event'>[] {
    return this.received.filter(
      (m): m is ServerMessageOf<'event'> => m.type === 'event' && (type === undefined || m.logged.event.type === type),
    )
  }

  /** Sends a command and waits for its reply. */
  async ask(command: WithoutId<Command>, id = this.#nextId): Promise<ServerMessageOf<'reply'>> {
    this.say({ ...command, id })
    return this.reply(id)
  }

  reply(id: number): Promise<ServerMessageOf<'reply'>> {
    return this.until((m): m is ServerMessageOf<'reply'> => m.type === 'reply' && m.re === id)
  }

  /** Sends the messages in one frame, unchecked. */
  say(...messages: object[]): void {
    for (const message of messages) if ('id' in message) this.#nextId = Math.max(this.#nextId, Number(message.id) + 1)
    this.raw(JSON.stringify(messages))
  }

  raw(data: string | Buffer): void {
    this.socket.send(data)
  }

  /** Sends a heartbeat and waits for the answer: then the server has read all earlier messages. */
  async roundTrip(): Promise<void> {
    const heartbeats = () => this.received.filter((message) => message.type === 'heartbeat').length
    const before = heartbeats()
    this.say({ type: 'heartbeat' })
    await this.until(() => heartbeats() > before)
  }

  /** Waits for the close. Returns the goodbye and the close code. */
  async goodbye(): Promise<{ code: string | undefined; close: number; retryAfterMs?: number | undefined }> {
    const close = await this.closed
    const last = this.received.findLast((m): m is ServerMessageOf<'goodbye'> => m.type === 'goodbye')
    return { code: last?.code, close, ...(last?.retryAfterMs === undefined ? {} : { retryAfterMs: last.retryAfterMs }) }
  }

  /** Cuts the socket without a close frame. */
  cut(): void {
    this.socket.terminate()
  }

  #welcomed({ lastCommandId, confirm }: ServerMessageOf<'welcome'>): void {
    this.#nextId = Math.max(this.#nextId, lastCommandId + 1)
    if (!confirm || !this.#confirms) return
    this.#confirmedBy = this.#nextId
    this.say({ type: 'join', id: this.#confirmedBy })
  }

  #read(text: string): void {
    const messages = decodeServerFrame(text) ?? []
    this.frames.push({ messages: messages.length, bytes: Buffer.byteLength(text) })
    for (const decoded of messages) {
      if (!decoded.ok) throw new Error(`the server sent an invalid message: ${text.slice(0, 500)}`)
      this.received.push(decoded.message)
      // Command ids go on from the last one of the session.
      if (decoded.message.type === 'welcome') this.#welcomed(decoded.message)
    }
    this.#notify()
  }

  #notify(): void {
    for (const resolve of this.#changed.splice(0)) resolve()
  }
}
