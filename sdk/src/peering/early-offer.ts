import type { SignalBody } from '../protocol'
import type { MediaTransport, TransportEvents } from './media-transport'

/** Opens a connection that makes the offer, when `begin` resolves. May throw, as an OpenTransport may. */
export type OpenEarly = (begin: Promise<void>, events: TransportEvents) => MediaTransport

/**
 * A connection that is opened before the edge is there that it is for, so that a newcomer sends its offer at once. What it tells
 * waits until a link takes it.
 */
export class EarlyOffer {
  readonly #open: OpenEarly
  #early: Early | undefined

  constructor(open: OpenEarly) {
    this.#open = open
  }

  /** The connection, until a link takes it. */
  get transport(): MediaTransport | undefined {
    return this.#early?.transport
  }

  /** Opens the connection. It makes the offer when a link takes it: until then its ICE servers may not be known. */
  warmUp(): void {
    try {
      this.#early ??= new Early(this.#open)
    } catch {
      // A link opens its own then, and tells why it cannot.
    }
  }

  /** For the first link that makes an offer; undefined if there is none. The events come later, none before this has returned. */
  take(events: TransportEvents): MediaTransport | undefined {
    const early = this.#early
    this.#early = undefined
    return early?.take(events)
  }

  /** There is no link for it. Idempotent. */
  close(): void {
    this.#early?.transport.close()
    this.#early = undefined
  }
}

class Early {
  readonly transport: MediaTransport
  #begin = () => {}
  #events: TransportEvents | undefined
  readonly #signals: SignalBody[] = []
  #failure: string | undefined

  constructor(open: OpenEarly) {
    const begin = new Promise<void>((resolve) => {
      this.#begin = resolve
    })
    this.transport = open(begin, {
      signal: (body) => (this.#events ? this.#events.signal(body) : this.#signals.push(body)),
      track: (...track) => this.#events?.track(...track),
      advanced: () => this.#events?.advanced(),
      connected: () => this.#events?.connected(),
      failed: (reason) => {
        this.#failure = reason
        this.#events?.failed(reason)
      },
    })
  }

  take(events: TransportEvents): MediaTransport {
    this.#begin()
    queueMicrotask(() => {
      this.#events = events
      for (const body of this.#signals.splice(0)) events.signal(body)
      if (this.#failure !== undefined) events.failed(this.#failure)
    })
    return this.transport
  }
}
