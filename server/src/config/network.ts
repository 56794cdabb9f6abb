// Addresses of clients: which one a socket has behind proxies, which subnets and networks it is in, and how the audit log labels it.
import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Logger } from '../ports/logger'

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

/** An address without its zone. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), as dual-stack sockets report it, becomes the IPv4 address. */
function plainAddress(address: string): string {
  const plain = address.split('%', 1)[0] ?? ''
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain
}

/** Whether an address is in one of the subnets. An invalid subnet contains no address. */
function subnetList(subnets: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const subnet of subnets.map(subnetOf)) if (subnet !== undefined) list.addSubnet(...subnet)
  return (address) => isIP(address) !== 0 && list.check(...typed(address))
}

/** Whether a text is an address, or a subnet like `10.0.0.0/8`. */
export const isSubnet = (text: string): boolean => subnetOf(text) !== undefined

/** The bits before the IPv4 address in an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
const BITS_BEFORE_IPV4 = 96

/** The arguments for a block list; undefined for an invalid subnet. An IPv4-mapped subnet becomes one of IPv4, as addresses do. */
function subnetOf(text: string): [plain: string, bits: number, family: 'ipv4' | 'ipv6'] | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const written = { 4: 32, 6: 128 }[isIP(address)]
  if (written === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits ?? '0')) return undefined
  const [plain, family] = typed(address)
  const before = isIP(address) === 6 && family === 'ipv4' ? BITS_BEFORE_IPV4 : 0
  const count = Number(bits ?? written)
  return count < before || count > written ? undefined : [plain, count - before, family]
}

function typed(address: string): [plain: string, family: 'ipv4' | 'ipv6'] {
  const plain = plainAddress(address)
  return [plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6']
}

/** The address of a socket's client, for counting sockets by address. */
export type PeerAddress = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | undefined

/** How many trusted proxies are in front of the server, or their addresses and subnets. */
type TrustedProxies = number | readonly string[]

/**
 * The address of the client: the remote address of the socket, or, behind trusted proxies, the address that the outermost of them saw.
 * X-Forwarded-For is read from the right: entries left of those of the trusted proxies were written by the client.
 */
export function peerAddress(trusted: TrustedProxies, logger: Logger): PeerAddress {
  const seenBy = typeof trusted === 'number' ? byCount(trusted) : bySubnets(trusted)
  let warned = false
  return ({ socket: { remoteAddress }, headers }) => {
    if (remoteAddress === undefined) return undefined
    const forwarded = headers['x-forwarded-for']
    if (forwarded === undefined) return remoteAddress
    const hops = String(forwarded).split(',').map(hopOf)
    const seen = seenBy(hops, remoteAddress)
    if (!warned && seen === 'not trusted' && (trusted === 0 || !isPublic(remoteAddress))) {
      warned = true
      logger.warn({}, 'a proxy forwards upgrades: set trustProxy, or no client behind it is counted by address')
    }
    return isIP(seen) === 0 ? remoteAddress : seen
  }
}

/** Returns the address that the outermost trusted proxy saw, or a text that is not an address. */
type SeenBy = (hops: readonly string[], remote: string) => string

const byCount =
  (count: number): SeenBy =>
  (hops) =>
    count === 0 ? 'not trusted' : (hops.at(-count) ?? 'too few hops')

function bySubnets(subnets: readonly string[]): SeenBy {
  const isTrusted = subnetList(subnets)
  return (hops, remote) => {
    if (!isTrusted(remote)) return 'not trusted'
    const outermost = hops.findLastIndex((hop) => !isTrusted(hop))
    const seen = hops[Math.max(0, outermost)] ?? remote
    // If the outermost proxy saw no address, the address of that proxy is used.
    return isIP(seen) === 0 ? (hops[outermost + 1] ?? remote) : seen
  }
}

/** Some proxies add the port, and IPv6 then stands in brackets: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
function hopOf(text: string): string {
  const hop = text.trim()
  const [, inBrackets, beforePort] = /^(?:\[(.*)\](?::\d+)?|([^:]*):\d+)$/.exec(hop) ?? []
  return inBrackets ?? beforePort ?? hop
}
