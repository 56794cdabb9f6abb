import { createHmac, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { plainAddress } from './subnets'

/** The network by which sockets are counted: an IPv4 address in any notation, or the first 64 bits of an IPv6 address. */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const missing = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  const all = tail === undefined ? first : [...first, ...missing, ...last]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

const PRIVATE_V4 = /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./

/**
 * Whether an address is public. Behind a proxy all clients have its private address, and a limit
 * by address would reject them together. Private ranges: RFC 1918, 6598, 3927, 4193, 4291.
 */
export function isPublic(address: string): boolean {
  const plain = plainAddress(address)
  if (isIP(plain) === 4) return !PRIVATE_V4.test(plain)
  return isIP(plain) === 6 && !/^(?:::1?$|f[cd]|fe[89ab])/i.test(plain)
}

/** Makes the address field of the audit log. */
export type AddressLabel = (address: string | undefined) => { readonly address?: string }

/**
 * Labels addresses in clear text, or as a hash that stays the same in one process, which is enough to distinguish networks. The hash
 * has a key, because there are so few IPv4 addresses that a plain hash could be reversed.
 */
export function addressLabels(inTheClear: boolean): AddressLabel {
  const key = randomBytes(32)
  return (address) => {
    if (address === undefined) return {}
    const network = networkOf(address)
    if (inTheClear) return { address: isIP(network) === 4 ? network : `${network}::/64` }
    return { address: createHmac('sha256', key).update(network).digest('hex').slice(0, 16) }
  }
}
