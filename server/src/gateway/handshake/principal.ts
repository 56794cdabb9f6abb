import { createHash } from 'node:crypto'
import type { Role } from '@peerstage/sdk/protocol'
import type { TokenClaims } from '../../auth/claims'
import type { TokenLife } from '../../auth/token-watch'
import type { RejectedToken, Verify } from '../../auth/verify-token'
import type { Claims } from '../../room/command'
import { cleanName } from '../../room/index'
import type { ParsedHello } from './hello'

/** Who a connection is, once that is known. */
export type Principal = {
  readonly roomId: string
  readonly claims: Claims
  /** SHA-256 of the session key, hex: the key itself is forgotten at once. */
  readonly sessionHash: string
  /** How long its token holds; absent without a token. */
  readonly life?: TokenLife
}

export type Admission = { readonly pass: Principal } | RejectedToken

/** Gives the principal of a hello. `withoutToken`: the role that dev mode gives a client without a token. */
export async function admit(parsed: ParsedHello, verify: Verify, withoutToken: Role | undefined): Promise<Admission> {
  const { roomId, hello, token } = parsed
  const sessionHash = createHash('sha256').update(hello.session).digest('hex')
  if (token === undefined) {
    if (withoutToken === undefined) return { goodbye: 'unauthorized', reason: 'A token is needed.' }
    const claims = { identity: `session:${sessionHash}`, role: withoutToken, name: cleanName(hello.name ?? '') }
    return { pass: { roomId, sessionHash, claims } }
  }
  const verified = await verify(token, roomId)
  if ('goodbye' in verified) return verified
  const { claims, ...life } = verified
  return { pass: { roomId, sessionHash, claims: claimsOf(claims, hello.name), life } }
}

/** A token's claims as a room knows them. The name of the hello stands in where the token has no name, or one that shows nothing. */
export function claimsOf({ sub, role, name, metadata }: TokenClaims, fallbackName: string | undefined): Claims {
  const claims = { identity: sub, role, name: cleanName(name ?? '', cleanName(fallbackName ?? '')) }
  return metadata === undefined ? claims : { ...claims, metadata }
}
