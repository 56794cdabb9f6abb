// Runs in the page: one of a room of bare connections. Signals go over a bare socket that passes each on to its addressee.
import { RawLink, type RawOptions, type RawSignal } from './raw-link'
import { openRelay, type Relay } from './relay'

type Signal = RawSignal & { readonly from: string; readonly to?: string; readonly isJoin?: true }

export type RawMemberOptions = Pick<RawOptions, 'slots' | 'media' | 'certificate'> & {
  readonly url: string
  readonly name: string
  /** A link has its tracks. */
  readonly onLinked?: (link: RawLink) => void
}

export class RawMember {
  readonly links = new Map<string, RawLink>()
  readonly opened: Promise<void>
  readonly #options: RawMemberOptions
  readonly #relay: Relay

  constructor(options: RawMemberOptions) {
    this.#options = options
    this.#relay = openRelay<Signal>(options.url, (signal) => void this.#receive(signal))
    // So that the relay knows its name.
    this.#relay.send({ from: options.name })
    this.opened = this.#relay.opened
  }

  /** Asks all that are there for their offers. */
  join(): void {
    this.#relay.send({ from: this.#options.name, isJoin: true })
  }

  async offerTo(name: string): Promise<void> {
    await this.#linkTo(name).offer()
  }

  async #receive({ from, isJoin, ...signal }: Signal): Promise<void> {
    if (isJoin) return this.offerTo(from)
    if (!signal.description && !signal.candidate) return
    const link = this.#linkTo(from)
    await link.receive(signal)
    if (signal.description) this.#options.onLinked?.(link)
  }

  #linkTo(name: string): RawLink {
    const found = this.links.get(name)
    if (found) return found
    const from = this.#options.name
    const link = new RawLink({
      ...this.#options,
      send: (signal) => this.#relay.send({ ...signal, from, to: name }),
    })
    this.links.set(name, link)
    return link
  }
}

export const newCertificate = (): Promise<RTCCertificate> =>
  RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams)
