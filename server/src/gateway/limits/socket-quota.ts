import { isPublic, networkOf } from '../../config/network'

export type SocketQuotaLimits = {
  /** Sockets of the process. */
  readonly maxSockets: number
  /** Sockets of one public peer address; of IPv6 of one /64, which is what one customer has. */
  readonly maxSocketsPerAddress: number
  /** Sockets that are not verified yet. */
  readonly maxVerifying: number
}

/** One socket that is counted. Both functions are idempotent. */
export interface SocketLease {
  /** It is in verification no more. */
  verified(): void
  /** It is closed. */
  release(): void
}

/** Of what there are too many. */
export type QuotaReason = 'address_full' | 'server_full' | 'verifying_full'

export type QuotaResult =
  | { readonly ok: true; readonly lease: SocketLease }
  | { readonly ok: false; readonly error: QuotaReason }

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

  acquire(address: string | undefined): QuotaResult {
    const { maxSockets, maxSocketsPerAddress, maxVerifying } = this.#limits
    if (this.#sockets >= maxSockets) return { ok: false, error: 'server_full' }
    if (this.#verifying >= maxVerifying) return { ok: false, error: 'verifying_full' }
    const counted = address !== undefined && isPublic(address) ? networkOf(address) : undefined
    if (counted !== undefined && (this.#byAddress.get(counted) ?? 0) >= maxSocketsPerAddress) {
      return { ok: false, error: 'address_full' }
    }
    this.#count(counted, 1)
    this.#verifying++
    return { ok: true, lease: new Lease(this, counted) }
  }

  /** One socket is in verification no more. */
  verified(): void {
    this.#verifying--
  }

  /** One socket is closed. `counted`: the address that it was counted by. */
  released(counted: string | undefined): void {
    this.#count(counted, -1)
  }

  #count(address: string | undefined, by: 1 | -1): void {
    this.#sockets += by
    if (address === undefined) return
    const count = (this.#byAddress.get(address) ?? 0) + by
    if (count === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, count)
  }
}

class Lease implements SocketLease {
  readonly #quota: SocketQuota
  readonly #counted: string | undefined
  #state: 'verifying' | 'verified' | 'released' = 'verifying'

  constructor(quota: SocketQuota, counted: string | undefined) {
    this.#quota = quota
    this.#counted = counted
  }

  verified(): void {
    if (this.#state !== 'verifying') return
    this.#state = 'verified'
    this.#quota.verified()
  }

  release(): void {
    this.verified()
    if (this.#state === 'released') return
    this.#state = 'released'
    this.#quota.released(this.#counted)
  }
}
