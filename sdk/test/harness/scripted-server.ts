import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import {
  type ClientMessage,
  type ClientMessageOf,
  DEFAULT_LIMITS,
  decodeClientFrame,
  decodeHello,
  GOODBYES,
  type GoodbyeCode,
  HELLO_PREFIX,
  type Hello,
  MODES,
  NO_SOURCES,
  type Room,
  type ServerMessageOf,
  SUBPROTOCOL,
  type Welcome,
} from '../../src/protocol'

/** One socket, as a server that does only what a test tells it to. */
export class ScriptedConnection {
  readonly path: string
  readonly hello: Hello
  /** What came, frame by frame. */
  readonly frames: ClientMessage[][] = []
  closeCode: number | undefined
  readonly #socket: WebSocket

  constructor(socket: WebSocket, path: string, hello: Hello) {
    this.#socket = socket
    this.path = path
    this.hello = hello
    socket.on('message', (data) => {
      const frame = decodeClientFrame(String(data)) ?? []
      this.frames.push(frame.flatMap((each) => (each.ok ? [each.message] : [])))
    })
    socket.on('close', (code) => {
      this.closeCode = code
    })
  }

  received<T extends ClientMessage['type']>(type: T): ClientMessageOf<T>[] {
    return this.frames.flat().filter((message): message is ClientMessageOf<T> => message.type === type)
  }

  /** Waits until so many messages of a type have come. */
  async until<T extends ClientMessage['type']>(
    type: T,
    count = 1,
  ): Promise<[ClientMessageOf<T>, ...ClientMessageOf<T>[]]> {
    await expect.poll(() => this.received(type).length, { interval: 2, timeout: 10_000 }).toBeGreaterThanOrEqual(count)
    return this.received(type) as [ClientMessageOf<T>, ...ClientMessageOf<T>[]]
  }

  /** Sends messages as one frame. */
  send(...messages: object[]): void {
    this.#socket.send(JSON.stringify(messages))
  }

  sendText(text: string): void {
    this.#socket.send(text)
  }

  welcome(change: Partial<Welcome> = {}): void {
    this.send(welcomeOf(change))
  }

  /** What a hello of intent `hold` is answered with. */
  held(): void {
    this.send({ type: 'held', iceServers: [], limits: DEFAULT_LIMITS })
  }

  accept(id: number, seq = 2): void {
    this.send({ type: 'reply', re: id, ok: true, seq })
  }

  /** A goodbye and its close, as a server says it. */
  goodbye(code: GoodbyeCode, retryAfterMs?: number): void {
    const retryable = GOODBYES[code].retry !== 'never'
    this.send({ type: 'goodbye', code, reason: `scripted ${code}`, retryable, retryAfterMs })
    this.#socket.close(GOODBYES[code].close)
  }

  close(code: number): void {
    this.#socket.close(code)
  }

  /** Cuts the line without a word. */
  cut(): void {
    this.#socket.terminate()
  }

  async closed(): Promise<number> {
    await expect.poll(() => this.closeCode, { interval: 2, timeout: 10_000 }).toBeDefined()
    return this.closeCode ?? 0
  }
}

/** A WebSocket server on a free port that keeps silent until a test speaks for it. */
export class ScriptedServer {
  readonly connections: ScriptedConnection[] = []
  readonly #server: WebSocketServer

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer()
    await once(server.#server, 'listening')
    return server
  }

  private constructor() {
    this.#server = new WebSocketServer({ port: 0, handleProtocols: () => SUBPROTOCOL })
    this.#server.on('connection', (socket, request) => {
      const offered = String(request.headers['sec-websocket-protocol'])
      const encoded = offered.split(/, */).find((each) => each.startsWith(HELLO_PREFIX)) ?? ''
      const hello = decodeHello(encoded.slice(HELLO_PREFIX.length))
      if (hello) this.connections.push(new ScriptedConnection(socket, request.url ?? '', hello))
    })
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Waits for the n-th connection, counted from 1. */
  async connection(n: number): Promise<ScriptedConnection> {
    await expect.poll(() => this.connections.length, { interval: 2, timeout: 10_000 }).toBeGreaterThanOrEqual(n)
    return this.connections[n - 1] as ScriptedConnection
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate()
    this.#server.close()
  }
}

/** A room with Ada (us) in it. */
export function roomOf(change: Partial<Room> = {}): Room {
  const person = { role: 'host' as const, joinedAt: 1000, joinSeq: 2, roleSeq: 2, sources: NO_SOURCES }
  return {
    id: 'test',
    instance: 'instance-1',
    seq: 2,
    status: 'open',
    mode: MODES.studio,
    locked: false,
    openedAt: 1000,
    hostGraceUntil: null,
    participants: [{ ...person, id: 'ada', name: 'Ada' }],
    edges: [],
    messages: [],
    pinnedMessages: [],
    stageRequests: [],
    invitations: [],
    ...change,
  }
}

export function welcomeOf(change: Partial<Welcome> = {}): ServerMessageOf<'welcome'> {
  const room = change.room ?? (change.events === undefined ? roomOf() : undefined)
  return {
    type: 'welcome',
    protocol: 1,
    self: 'ada',
    instance: room?.instance ?? 'instance-1',
    seq: room?.seq ?? 2,
    resumed: room === undefined,
    ...(room === undefined ? {} : { room }),
    reconnecting: [],
    iceServers: [],
    limits: DEFAULT_LIMITS,
    lastCommandId: 0,
    serverTime: 2000,
    ...change,
  }
}

export const chatSent = (seq: number, text: string, from = 'ada') => ({
  type: 'event',
  logged: {
    seq,
    at: 3000 + seq,
    by: from,
    event: {
      type: 'chat.sent',
      message: { id: `message-${seq}`, participantId: from, name: from, role: 'host', text, at: 3000 + seq },
    },
  },
})

export const joined = (seq: number, id: string, role = 'viewer') => ({
  type: 'event',
  logged: {
    seq,
    at: 3000 + seq,
    by: id,
    event: { type: 'participant.joined', participant: { id, name: id, role } },
  },
})
