import type { Epoch, OfferBody, SignalBody } from '../protocol'
import { candidatesToSend } from './local-candidates'
import type { MediaTransport, TransportEvents } from './media-transport'

export type EarlyOfferPorts = {
  /** Opens a connection that makes the offer, when `begin` resolves. May throw, as an OpenTransport may. */
  readonly open: (begin: Promise<void>, events: TransportEvents) => MediaTransport
  /** Resolves when connections can be opened. */
  readonly prepare: () => Promise<void>
  /** Not in the room, where links open their own, nor where connections start one at a time. */
  readonly mayOpen: () => boolean
  /** Whether a connection keeps the ICE servers that it was opened with. */
  readonly keepsIceServers: boolean | undefined
}

/**
 * A connection that is opened before the edge is there that it is for, so that a newcomer sends its offer at once. What it tells
 * waits until a link takes it.
 */
export class EarlyOffer {
  readonly #ports: EarlyOfferPorts
  #early: Early | undefined
  #sentFor: number | undefined
  #closed = 0
  /** The epoch that links begin with. */
  firstEpoch = 0

  constructor(ports: EarlyOfferPorts) {
    this.#ports = ports
  }

  /** The connection, until a link takes it. */
  get transport(): MediaTransport | undefined {
    return this.#early?.transport
  }

  /** Opens the connection. It makes the offer when a link takes it: until then its ICE servers may not be known. */
  async warmUp(): Promise<void> {
    if (!this.#ports.keepsIceServers && (await this.#mayOpen())) this.#open()
  }

  /** Makes the offer with the ICE servers of now. One that is made already is dropped at once, so that it is not read any more. */
  async make(): Promise<void> {
    if (this.#early?.hasBegun) this.#drop()
    if (!(await this.#mayOpen())) return
    this.#open()
    this.#early?.begin()
  }

  /** The offer, to be sent by the caller in a request for a seat; undefined if it is not made yet. */
  read(maxCandidates: number): OfferBody | undefined {
    return this.#early?.read(maxCandidates)
  }

  /** To be called with every seat: for the edge of that birth the offer was sent; undefined: for none. */
  sent(born: number | undefined): void {
    this.#sentFor = born
    if (born !== undefined) this.#early?.sent()
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
    if (!this.#early?.wasRead) this.#drop()
  }

  /**
   * The connection to the server has ended, and with it the offer: its candidates may be of a network that is gone. If it was read, the
   * server may have passed it on. So links begin with the epoch after it. `isJoining`: another connection is opened.
   */
  lost(isJoining = false): void {
    if (this.#early?.wasRead) this.firstEpoch = 1
    this.#drop()
    if (isJoining) void this.warmUp()
  }

  /** There is no link for it. Idempotent. */
  close(): void {
    this.firstEpoch = 0
    this.#drop()
  }

  #drop(): void {
    this.#closed++
    this.#early?.transport.close()
    this.#early = undefined
  }

  /** False as well if it was closed meanwhile. */
  async #mayOpen(): Promise<boolean> {
    const closed = this.#closed
    await this.#ports.prepare()
    return closed === this.#closed && this.#ports.mayOpen()
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
  /** What was read, and of how many signals it is made. */
  #read: { readonly offer: OfferBody; readonly of: number } | undefined
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

  get wasRead(): boolean {
    return this.#read !== undefined
  }

  /** The candidates found since then are in it. If it is not sent, the link sends what was told. */
  read(maxCandidates: number): OfferBody | undefined {
    const made = this.#signals.length > 0 ? this.transport.offer() : undefined
    if (made === undefined) return undefined
    const offer = { ...made, sdp: candidatesToSend(made.sdp, maxCandidates) }
    this.#read = { offer, of: this.#signals.length }
    return offer
  }

  sent(): void {
    if (this.#read) this.#signals.splice(0, this.#read.of, this.#read.offer)
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
