import type { IncomingMessage } from 'node:http'

/** Whether a host name stands for this machine: `localhost`, a name below it, 127.0.0.0/8, or `[::1]`. */
export const isLocalName = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || isLoopbackAddress(name)

/** Whether an address is one of this machine alone: 127.0.0.0/8 or ::1. */
export const isLoopbackAddress = (address = ''): boolean => address === '::1' || /^127(?:\.\d{1,3}){3}$/.test(address)

/** What proxies and tunnels add: one of them shows that the request may come from another machine. */
const PROXY_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'cf-connecting-ip',
]

/**
 * Whether a request comes from this machine and names it. The address is not enough: a page of any site can have its own name
 * resolve to this machine (DNS rebinding), which the Host header shows; and a proxy on this machine forwards requests of others.
 */
export function isLocalRequest({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/i, '') ?? ''
  const isForwarded = PROXY_HEADERS.some((name) => headers[name] !== undefined)
  return isLoopbackAddress(address) && !isForwarded && isLocalName(nameOf(headers.host))
}

/** The name of a Host header, without its port. */
function nameOf(host = ''): string {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname : ''
}
