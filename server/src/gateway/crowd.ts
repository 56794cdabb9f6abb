import { isIP } from 'node:net'

export type CrowdLimits = {
  /** Sockets of the process. */
  readonly maxSockets: number
  /** Sockets of one public peer address; of IPv6 of one /64, which is what one customer has. */
  readonly maxSocketsPerAddress: number
  /** Sockets that are not verified yet. */
  readonly maxVerifying: number
}

/** A counted place in the crowd. Both are idempotent. */
export type Ticket = { readonly verified: () => void; readonly leave: () => void }

/** Of what there are too many. */
export type Full = 'address_full' | 'server_full' | 'verifying_full'

/** Counts sockets before anything is spent on them. */
export class Crowd {
  readonly #limits: CrowdLimits
  readonly #byAddress = new Map<string, number>()
  #sockets = 0
  #verifying = 0

  constructor(limits: CrowdLimits) {
    this.#limits = limits
  }

  get sockets(): number {
    return this.#sockets
  }

  /** A ticket, or why there is none. */
  enter(address: string | undefined): Ticket | Full {
    const { maxSockets, maxSocketsPerAddress, maxVerifying } = this.#limits
    if (this.#sockets >= maxSockets) return 'server_full'
    if (this.#verifying >= maxVerifying) return 'verifying_full'
    const counted = address !== undefined && isPublic(address) ? networkOf(address) : undefined
    if (counted !== undefined && (this.#byAddress.get(counted) ?? 0) >= maxSocketsPerAddress) return 'address_full'
    this.#count(counted, 1)
    this.#verifying++
    const verified = once(() => this.#verifying--)
    const leave = once(() => this.#count(counted, -1))
    return {
      verified,
      leave: () => {
        verified()
        leave()
      },
    }
  }

  #count(address: string | undefined, by: 1 | -1): void {
    this.#sockets += by
    if (address === undefined) return
    const count = (this.#byAddress.get(address) ?? 0) + by
    if (count === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, count)
  }
}

function once(callback: () => void): () => void {
  let called = false
  return () => {
    if (called) return
    called = true
    callback()
  }
}

/** What is counted as one: an IPv4 address, however it is written, or the first 64 bits of one of IPv6. */
export function networkOf(address: string): string {
  const plain = mappedV4(address) ?? address
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? []
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const missing = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  const all = tail === undefined ? first : [...first, ...missing, ...last]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

/** The IPv4 address within one of IPv6 (RFC 4291 §2.5.5.2), as a socket of both kinds writes it. */
const mappedV4 = (address: string): string | undefined => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]

const PRIVATE_V4 = /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./

/**
 * Whether an address is one of the open internet. Behind a proxy everybody comes from its private address, and a count
 * by address would shut out all of them at once. Ranges: RFC 1918, 6598, 3927, 4193, 4291.
 */
export function isPublic(address: string): boolean {
  const plain = mappedV4(address) ?? address
  if (isIP(plain) === 4) return !PRIVATE_V4.test(plain)
  return isIP(plain) === 6 && !/^(?:::1?$|f[cd]|fe[89ab])/i.test(plain)
}
