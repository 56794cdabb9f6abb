// Runs in the page: the wire of a client that is to see one other participant alone. The others are taken out of what the server
// says, so that the client makes no links to them. The client itself is the real one.
import type { RoomEvent, ServerMessage } from '../../src/protocol'

type Handler = (event: { readonly data: unknown }) => void

/** The class of a WebSocket for clients that see the participant of this name alone. */
export const socketThatShows = (name: string) =>
  class extends HidingSocket {
    constructor(url: string, protocols: string[]) {
      super(name, url, protocols)
    }
  }

class HidingSocket {
  readonly #socket: WebSocket
  readonly #name: string
  readonly #hidden = new Set<string>()
  #self = ''

  constructor(name: string, url: string, protocols: string[]) {
    this.#name = name
    this.#socket = new WebSocket(url, protocols)
  }

  set onopen(handler: () => void) {
    this.#socket.onopen = handler
  }

  set onclose(handler: (event: CloseEvent) => void) {
    this.#socket.onclose = handler
  }

  set onerror(handler: () => void) {
    this.#socket.onerror = handler
  }

  set onmessage(handler: Handler) {
    this.#socket.onmessage = ({ data }) => {
      const messages: readonly ServerMessage[] = JSON.parse(String(data))
      handler({ data: JSON.stringify(messages.map((message) => this.#shown(message))) })
    }
  }

  send(data: string): void {
    this.#socket.send(data)
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  #shown(message: ServerMessage): object {
    if (message.type === 'welcome') {
      this.#self = message.self
      return message.room ? { ...message, room: this.#shownRoom(message.room) } : message
    }
    if (message.type !== 'event' || !this.#isHidden(message.logged.event as RoomEvent)) return message
    // An event of a type that the client does not know only counts.
    return { ...message, logged: { ...message.logged, event: { type: 'hidden' } } }
  }

  #shownRoom<Shown extends { participants: readonly Each[]; edges: readonly Pair[] }>(room: Shown): object {
    const participants = room.participants.filter(({ id }) => id === this.#self)
    for (const { id } of room.participants) if (id !== this.#self) this.#hidden.add(id)
    return { ...room, participants, edges: [] }
  }

  #isHidden(event: RoomEvent): boolean {
    if (event.type === 'participant.joined') {
      const { id, name: joined } = event.participant
      const isHidden = id !== this.#self && joined !== this.#name
      if (isHidden) this.#hidden.add(id)
      return isHidden
    }
    return 'participantId' in event && this.#hidden.has(event.participantId)
  }
}

type Each = { readonly id: string }
type Pair = { readonly offerer: string; readonly answerer: string }
