import type { Epoch, OfferBody, SignalBody } from '../protocol'
import type { MediaTransport, TransportEvents } from './media-transport'

export type EarlyOfferPorts = {
  /** Opens a connection that makes the offer, when `begin` resolves. May throw, as an OpenTransport may. */
  readonly open: (begin: Promise<void>, events: TransportEvents) => MediaTransport
  /** Resolves when connections can be opened. */
  readonly prepare: () => Promise<void>
  /** Not in the room, where links open their own, nor where connections start one at a time. */
  readonly mayOpen: () => boolean
}

/**
 * A connection that is opened before the edge is there that it is for, so that a newcomer sends its offer at once. What it tells
 * waits until a link takes it.
 */
export class EarlyOffer {
  readonly #ports: EarlyOfferPorts
  #early: Early | undefined
  #sentFor: number | undefined

  constructor(ports: EarlyOfferPorts) {
    this.#ports = ports
  }

  /** The connection, until a link takes it. */
  get transport(): MediaTransport | undefined {
    return this.#early?.transport
  }

  /** Opens the connection. It makes the offer when a link takes it: until then its ICE servers may not be known. */
  async warmUp(): Promise<void> {
    await this.#ports.prepare()
    if (this.#ports.mayOpen()) this.#open()
  }

  /** Makes the offer. If it is made already, with other ICE servers perhaps, another connection makes another. */
  async make(): Promise<void> {
    await this.warmUp()
    if (!this.#ports.mayOpen()) return
    if (this.#early?.hasBegun) this.close()
    this.#open()
    this.#early?.begin()
  }

  /** The offer, to be sent by the caller in a request for a seat; undefined if it is not made yet. */
  read(): OfferBody | undefined {
    return this.#early?.read()
  }

  /** It was sent: for the edge of that birth. */
  sent(born: number): void {
    this.#sentFor = born
  }

  /** Whether a signal of a link is the offer that was sent. */
  isSent({ born, n, restarts }: Epoch, { type }: SignalBody): boolean {
    return born === this.#sentFor && n === 0 && restarts === undefined && type === 'offer'
  }

  /** For the first link that makes an offer; undefined if there is none. The events come later, none before this has returned. */
  take(events: TransportEvents): MediaTransport | undefined {
    const early = this.#early
    this.#early = undefined
    return early?.take(events)
  }

  /** The page is hidden: the connection is closed, if its offer is not sent. */
  coolDown(): void {
    if (!this.#early?.wasRead) this.close()
  }

  /** There is no link for it. Idempotent. */
  close(): void {
    this.#early?.transport.close()
    this.#early = undefined
  }

  #open(): void {
    try {
      this.#early ??= new Early(this.#ports.open)
    } catch {
      // A link opens its own then, and tells why it cannot.
    }
  }
}

class Early {
  readonly transport: MediaTransport
  hasBegun = false
  wasRead = false
  #begin = () => {}
  #events: TransportEvents | undefined
  #signals: SignalBody[] = []
  #failure: string | undefined

  constructor(open: EarlyOfferPorts['open']) {
    const begin = new Promise<void>((resolve) => {
      this.#begin = resolve
    })
    this.transport = open(begin, {
      signal: (body, restarts) => (this.#events ? this.#events.signal(body, restarts) : this.#signals.push(body)),
      track: (...track) => this.#events?.track(...track),
      advanced: () => this.#events?.advanced(),
      connected: () => this.#events?.connected(),
      path: (path) => this.#events?.path(path),
      failed: (reason) => {
        this.#failure = reason
        this.#events?.failed(reason)
      },
    })
  }

  begin(): void {
    this.hasBegun = true
    this.#begin()
  }

  /** The candidates found since then are in it. */
  read(): OfferBody | undefined {
    const offer = this.#signals.length > 0 ? this.transport.offer() : undefined
    if (offer === undefined) return undefined
    this.#signals = [offer]
    this.wasRead = true
    return offer
  }

  take(events: TransportEvents): MediaTransport {
    this.begin()
    queueMicrotask(() => {
      this.#events = events
      for (const body of this.#signals.splice(0)) events.signal(body, 0)
      if (this.#failure !== undefined) events.failed(this.#failure)
    })
    return this.transport
  }
}
