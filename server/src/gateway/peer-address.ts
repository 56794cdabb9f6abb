import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Journal } from '../hosting/ports'

/** Tells whose socket it is, for counting sockets by address. */
export type PeerAddress = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | undefined

/**
 * The address at the other end; behind `trustProxy` proxies of one's own the one that the outermost of them saw, counted
 * from the right of X-Forwarded-For: what stands further left is the client's own word.
 */
export function peerAddress(trustProxy: number, journal: Journal): PeerAddress {
  let warned = false
  return ({ socket, headers }) => {
    const forwarded = headers['x-forwarded-for']
    if (trustProxy === 0 && forwarded !== undefined && !warned) {
      warned = true
      journal.warn({}, 'a proxy forwards upgrades: set trustProxy, or nobody behind it is counted by address')
    }
    if (trustProxy === 0) return socket.remoteAddress
    const hops = String(forwarded ?? '').split(',')
    const address = bare(hops.at(-trustProxy)?.trim() ?? '')
    return isIP(address) === 0 ? socket.remoteAddress : address
  }
}

/** Some proxies add the port, and IPv6 then stands in brackets: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
function bare(hop: string): string {
  const [, inBrackets, beforePort] = /^(?:\[(.*)\](?::\d+)?|([^:]*):\d+)$/.exec(hop) ?? []
  return inBrackets ?? beforePort ?? hop
}
