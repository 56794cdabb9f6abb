import { decodeHello, HELLO_PREFIX, type Hello, ROOMS_PATH } from '../../src/protocol'
import type { WebSocketConstructor, WebSocketLike } from '../../src/signaling/socket'

/** How long an end takes to notice that the other one is silently gone: two pings of the server, 15 s each. */
export const NOTICED_AFTER_MS = 30_000
/** RFC 6455 §7.4.1: no close frame came. */
export const LOST = 1006

/** What the server makes of a socket. */
export interface ServerEnd {
  frame(text: string): void
  /** The socket is gone; `code` is what the peer closed it with. Comes once. */
  over(code: number): void
}

type Letter = { readonly frame: string } | { readonly close: number } | { readonly open: true }

/** One socket between a page and a server: two queues, either of which may be held up, and two ends that may go apart. */
export class Pipe {
  readonly roomId: string
  readonly hello: Hello
  readonly held = { up: false, down: false }
  readonly #client: ClientSocket
  #server: ServerEnd | undefined
  #up: Letter[] = [{ open: true }]
  #down: Letter[] = []
  #lastSent: Letter | undefined
  #clientOpen = true
  #serverOpen = true

  constructor(client: ClientSocket, roomId: string, hello: Hello) {
    this.#client = client
    this.roomId = roomId
    this.hello = hello
  }

  get isOver(): boolean {
    return !this.#clientOpen && !this.#serverOpen
  }

  /** Whether the server knows of it. */
  get hasArrived(): boolean {
    return this.#server !== undefined
  }

  /** Whether the server still has its end. */
  get isServerOpen(): boolean {
    return this.#serverOpen
  }

  fromClient(letter: Letter): void {
    if (this.#clientOpen) this.#up.push(letter)
    if ('frame' in letter) this.#lastSent = letter
    if ('close' in letter) this.#clientOpen = false
  }

  /** What the client said last comes a second time, as from a client that resends too much. */
  repeat(): void {
    if (this.#lastSent) this.fromClient(this.#lastSent)
  }

  fromServer(letter: Letter): void {
    if (this.#serverOpen) this.#down.push(letter)
  }

  /** Delivers what is not held up, or at most so many letters of what is. False when there was nothing. */
  flow(accept: (pipe: Pipe) => ServerEnd | undefined, despite = 0): boolean {
    const up = this.#up.splice(0, this.held.up ? despite : this.#up.length)
    const down = this.#down.splice(0, this.held.down ? despite : this.#down.length)
    for (const letter of up) this.#arrive(letter, accept)
    for (const letter of down) this.#tell(letter)
    return up.length + down.length > 0
  }

  /** The line breaks: what is on its way is lost. An end that is not told goes on as if nothing were. */
  cut(told: { client: boolean; server: boolean }): void {
    this.#up = []
    this.#down = []
    if (told.client) this.#tell({ close: LOST })
    if (told.server) this.#end(LOST)
  }

  #arrive(letter: Letter, accept: (pipe: Pipe) => ServerEnd | undefined): void {
    if (!this.#serverOpen) return
    if ('close' in letter) this.#end(letter.close)
    else if ('frame' in letter) this.#server?.frame(letter.frame)
    else {
      this.#server = accept(this)
      if (this.#server === undefined) this.cut({ client: true, server: true })
      else this.fromServer({ open: true })
    }
  }

  #tell(letter: Letter): void {
    if ('close' in letter) {
      // The client's end answers a close, so the server's is over as well.
      if (letter.close !== LOST) this.#end(letter.close)
      if (!this.#clientOpen) return
      this.#clientOpen = false
      this.#client.onclose({ code: letter.close })
    } else if (!this.#clientOpen) return
    else if ('open' in letter) this.#client.onopen()
    else this.#client.onmessage({ data: letter.frame })
  }

  #end(code: number): void {
    if (!this.#serverOpen) return
    this.#serverOpen = false
    this.#server?.over(code)
  }
}

/** The client's end, as the SDK's own socket code drives it. */
class ClientSocket implements WebSocketLike {
  onopen: () => void = () => {}
  onmessage: (event: { data: unknown }) => void = () => {}
  onclose: (event: { code: number }) => void = () => {}
  onerror: () => void = () => {}
  readonly #pipe: Pipe

  constructor(road: Road, url: string, protocols: string[]) {
    const encoded = protocols.find((each) => each.startsWith(HELLO_PREFIX)) ?? ''
    const hello = decodeHello(encoded.slice(HELLO_PREFIX.length))
    if (hello === undefined) throw new Error('the hello of the SDK cannot be read')
    this.#pipe = new Pipe(this, url.slice(url.indexOf(ROOMS_PATH) + ROOMS_PATH.length), hello)
    road.dialled(this.#pipe)
  }

  send(frame: string): void {
    this.#pipe.fromClient({ frame })
  }

  close(code = 1000): void {
    this.#pipe.fromClient({ close: code })
  }
}

/** The way from one browser tab to the server, with all its sockets that are not over. Oldest first. */
export class Road {
  readonly WebSocket: WebSocketConstructor
  /** Whether the next socket is held up before it gets to the server. */
  holdsNext = false
  #pipes: Pipe[] = []

  constructor() {
    const road = this
    this.WebSocket = class extends ClientSocket {
      constructor(url: string, protocols: string[]) {
        super(road, url, protocols)
      }
    }
  }

  get pipes(): readonly Pipe[] {
    this.#pipes = this.#pipes.filter((pipe) => !pipe.isOver)
    return this.#pipes
  }

  dialled(pipe: Pipe): void {
    pipe.held.up = this.holdsNext
    this.holdsNext = false
    this.#pipes.push(pipe)
  }

  /** The socket that is held up for longest. */
  get oldestHeld(): Pipe | undefined {
    return this.pipes.find(({ held }) => held.up || held.down)
  }

  /** Nothing is held up any more. */
  heal(): void {
    this.holdsNext = false
    for (const { held } of this.#pipes) Object.assign(held, { up: false, down: false })
  }
}
