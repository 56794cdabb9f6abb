import { isPublic, networkOf } from '../handshake/network'

export type SocketQuotaLimits = {
  /** Sockets of the process. */
  readonly maxSockets: number
  /** Sockets of one public peer address; of IPv6 of one /64, which is what one customer has. */
  readonly maxSocketsPerAddress: number
  /** Sockets that are not verified yet. */
  readonly maxVerifying: number
}

/** A counted place in the quota. Both are idempotent. */
export type SocketLease = { readonly verified: () => void; readonly leave: () => void }

/** Of what there are too many. */
export type FullReason = 'address_full' | 'server_full' | 'verifying_full'

/** Counts sockets before anything is spent on them. */
export class SocketQuota {
  readonly #limits: SocketQuotaLimits
  readonly #byAddress = new Map<string, number>()
  #sockets = 0
  #verifying = 0

  constructor(limits: SocketQuotaLimits) {
    this.#limits = limits
  }

  get sockets(): number {
    return this.#sockets
  }

  /** A ticket, or why there is none. */
  enter(address: string | undefined): SocketLease | FullReason {
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
