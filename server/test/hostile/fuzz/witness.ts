import { decodeServerFrame, encodeHello, HELLO_PREFIX, type ServerMessage, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { WebSocket } from 'ws'
import { HELLO } from '../../harness/hostile-inputs'
import { newSession } from '../../harness/test-client'

/** A client in a room of its own, which notes each deviation. Keeps no more than that, however long it takes. */
export class Witness {
  readonly findings: string[] = []
  /** How many texts it has seen. */
  texts = 0
  readonly #socket: WebSocket
  readonly #waiting: { passes: (message: ServerMessage) => boolean; resolve: () => void }[] = []
  #seq = 0
  #commandId = 0

  constructor(url: string, room: string, token: string) {
    const protocols = [SUBPROTOCOL, HELLO_PREFIX + encodeHello({ ...HELLO, session: newSession(), token })]
    this.#socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/rooms/${room}`, protocols)
    this.#socket.on('message', (data) => this.#read(String(data)))
    this.#socket.on('close', (code) => this.#closed(code))
    this.#socket.on('error', (error) => this.findings.push(`a witness's socket failed: ${error.message}`))
  }

  welcome(): Promise<void> {
    return this.#next((message) => message.type === 'welcome')
  }

  /** A round trip: what was sent before it has been read. */
  async alive(): Promise<void> {
    const heard = this.#next((message) => message.type === 'heartbeat')
    this.#socket.send('[{"type":"heartbeat"}]')
    await heard
  }

  /** Says the next text of the two, which both expect. */
  async say(): Promise<void> {
    const id = ++this.#commandId
    const answered = this.#next((message) => message.type === 'reply' && message.re === id && message.ok)
    this.#socket.send(JSON.stringify([{ type: 'chat.send', id, text: textOf(this.texts) }]))
    await answered
  }

  close(): void {
    this.#socket.removeAllListeners('close').terminate()
  }

  #next(passes: (message: ServerMessage) => boolean): Promise<void> {
    if (this.#socket.readyState > this.#socket.OPEN) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ passes, resolve }))
  }

  #read(text: string): void {
    for (const decoded of decodeServerFrame(text) ?? []) {
      if (decoded.ok) this.#see(decoded.message)
      else this.findings.push('a witness was told what is no message')
    }
  }

  #see(message: ServerMessage): void {
    if (message.type === 'welcome') this.#seq = message.seq
    else if (message.type === 'event') this.#fold(message)
    else if (!['reply', 'heartbeat'].includes(message.type)) this.findings.push(`a witness was told ${message.type}`)
    const at = this.#waiting.findIndex(({ passes }) => passes(message))
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve()
  }

  #fold({ logged: { seq, event } }: Extract<ServerMessage, { type: 'event' }>): void {
    if (seq !== this.#seq + 1) this.findings.push(`a witness saw event ${seq} behind ${this.#seq}`)
    this.#seq = seq
    if (event.type === 'participant.joined' && seq <= 3) return
    if (event.type === 'chat.sent' && event.message.text === textOf(this.texts)) this.texts++
    else this.findings.push(`a witness saw ${event.type}`)
  }

  #closed(code: number): void {
    this.findings.push(`a witness was closed with ${code}`)
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }
}

const textOf = (nth: number): string => `witness ${nth}`
