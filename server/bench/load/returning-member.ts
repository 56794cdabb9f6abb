import { setTimeout as passed } from 'node:timers/promises'
import { encodeHello, HELLO_PREFIX, type Hello, type ServerMessage, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { backoffMs } from '../../../sdk/src/signaling/close-policy'
import { DIALECTS, helloOf, type Newcomer } from './dialect'
import { eachMarker, markedText } from './marker'
import { WireSocket } from './wire-socket'

/** One that comes back by itself, as our client does: at its times, behind the last event it has seen, with what is unanswered. */
export class ReturningMember {
  readonly #newcomer: Newcomer
  readonly #port: number
  /** Each text that it was told, and how often. */
  readonly heard = new Map<string, number>()
  /** Its texts without a reply, by their commands' ids. */
  readonly unanswered = new Map<number, string>()
  /** Its welcomes that went on where it was. */
  resumed = 0
  /** Its welcomes that began anew. */
  restarted = 0
  isJoined = false
  #hello: Hello | undefined
  #socket: WireSocket | undefined
  #failures = 0
  #said = 0

  constructor(newcomer: Newcomer, port: number) {
    this.#newcomer = newcomer
    this.#port = port
  }

  get room(): string {
    return this.#newcomer.room
  }

  async connect(): Promise<void> {
    this.#hello = this.#hello ?? { ...(await helloOf(this.#newcomer)), attempt: 0 }
    this.#hello = { ...this.#hello, attempt: this.#hello.attempt + 1 }
    const protocols = [SUBPROTOCOL, HELLO_PREFIX + encodeHello(this.#hello)]
    this.#socket = new WireSocket(this.#port, DIALECTS.peerstage.path(this.#newcomer), protocols, {
      onMessage: (data, start, end) => this.#take(data, start, end),
      onClose: () => void this.#comeBack(),
    })
  }

  /** How many texts it said. */
  get said(): number {
    return this.#said
  }

  speak(): void {
    const id = ++this.#said
    const text = markedText(this.#newcomer.index, id)
    this.unanswered.set(id, text)
    if (this.isJoined) this.#socket?.send(DIALECTS.peerstage.chat(id, text))
  }

  async #comeBack(): Promise<void> {
    this.isJoined = false
    await passed(backoffMs(this.#failures++, Math.random()))
    await this.connect()
  }

  #take(data: Buffer, start: number, end: number): void {
    const messages: readonly ServerMessage[] = JSON.parse(data.toString('utf8', start, end))
    for (const message of messages) {
      if (message.type === 'welcome') this.#welcomed(message.resumed, message.seq, message.instance)
      else if (message.type === 'event') this.#folded(message.logged.seq)
      else if (message.type === 'reply') this.unanswered.delete(message.re)
    }
    // A snapshot shows texts again that were heard before it.
    const isSnapshot = messages.some((message) => message.type === 'welcome' && message.room !== undefined)
    if (!this.isJoined) return
    eachMarker(data, start, end, (speaker, number) => {
      const text = `${speaker}.${number}`
      if (!isSnapshot || !this.heard.has(text)) this.#hear(text)
    })
  }

  #welcomed(resumed: boolean, seq: number, instance: string): void {
    if (this.#hello === undefined) return
    if (this.#hello.attempt > 1) {
      if (resumed) this.resumed++
      else this.restarted++
    }
    this.#hello = { ...this.#hello, seq, instance }
    this.isJoined = true
    this.#failures = 0
    for (const [id, text] of this.unanswered) this.#socket?.send(DIALECTS.peerstage.chat(id, text))
  }

  #folded(seq: number): void {
    if (this.#hello !== undefined) this.#hello = { ...this.#hello, seq }
  }

  #hear(text: string): void {
    this.heard.set(text, (this.heard.get(text) ?? 0) + 1)
  }
}
