import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { isPublic } from '../../config/network'
import { subnetList } from '../../config/subnets'
import type { Logger } from '../../ports/logger'

/** The address of a socket's client, for counting sockets by address. */
export type PeerAddress = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | undefined

/** How many own proxies are before the server, or their addresses and subnets. */
export type TrustedProxies = number | readonly string[]

/**
 * The address at the other end; behind proxies of one's own the one that the outermost of them saw. X-Forwarded-For is read from the
 * right: what stands left of the trusted proxies was written by the client, and is not trusted.
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

/** What the outermost trusted proxy saw: an address, or what is none. */
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
    // A proxy that saw no address is the outermost that can be counted.
    return isIP(seen) === 0 ? (hops[outermost + 1] ?? remote) : seen
  }
}

/** Some proxies add the port, and IPv6 then stands in brackets: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
function hopOf(text: string): string {
  const hop = text.trim()
  const [, inBrackets, beforePort] = /^(?:\[(.*)\](?::\d+)?|([^:]*):\d+)$/.exec(hop) ?? []
  return inBrackets ?? beforePort ?? hop
}
