import type { IncomingMessage } from 'node:http'
import { decodeHello, encodeHello, HELLO_PREFIX } from '@peerstage/sdk/protocol'
import { decodeJwt } from 'jose'
import { offeredProtocols } from '../gateway/handshake/hello'
import { invalidated } from './connection-token'
import type { ClaimedIdentity } from './proxied-connection'

/** An upgrade request, with identity and token of its hello. `protocols`: the subprotocols for the server. */
export type UpgradeRequest = ClaimedIdentity & { readonly protocols: string[] }

/** Reads an upgrade request. Replaces a token that a fault has expired by one that the server rejects. */
export function readUpgradeRequest(request: IncomingMessage, expired: ReadonlySet<string>): UpgradeRequest {
  const protocols = offeredProtocols(request).filter((each) => each !== '')
  const at = protocols.findIndex((each) => each.startsWith(HELLO_PREFIX))
  const hello = at < 0 ? undefined : decodeHello(protocols[at]?.slice(HELLO_PREFIX.length) ?? '')
  if (hello === undefined) return { identity: undefined, token: undefined, protocols }
  const { token, name } = hello
  if (token === undefined) return { identity: name, token, protocols }
  const claimed = { identity: identityIn(token), token }
  if (!expired.has(token)) return { ...claimed, protocols }
  const rejected = HELLO_PREFIX + encodeHello({ ...hello, token: invalidated(token) })
  return { ...claimed, protocols: protocols.with(at, rejected) }
}

function identityIn(token: string): string | undefined {
  try {
    return decodeJwt(token).sub
  } catch {
    return undefined
  }
}
