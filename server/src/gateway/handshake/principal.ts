// Who a connection is: from its token, or in dev mode from its hello.
import { createHash } from 'node:crypto'
import type { Role } from '@peerstage/sdk/protocol'
import { isBlank, MAX_NAME_CHARACTERS } from '@peerstage/sdk/protocol'
import type { TokenLife } from '../../auth/token-watch'
import type { RejectedToken, TokenClaims, Verify } from '../../auth/verify-token'
import type { Claims } from '../../room/command'
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

type PrincipalResult =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly error: RejectedToken }

const NO_TOKEN = { ok: false, error: { goodbye: 'unauthorized', reason: 'A token is needed.' } } as const

/** Who sent a hello. `withoutToken`: the role that dev mode gives a client without a token. */
export async function principalOf(
  { roomId, hello, token }: ParsedHello,
  verify: Verify,
  withoutToken: Role | undefined,
): Promise<PrincipalResult> {
  const sessionHash = createHash('sha256').update(hello.session).digest('hex')
  if (token === undefined) {
    if (withoutToken === undefined) return NO_TOKEN
    const claims = { identity: `session:${sessionHash}`, role: withoutToken, name: cleanName(hello.name ?? '') }
    return { ok: true, principal: { roomId, sessionHash, claims } }
  }
  const verified = await verify(token, roomId)
  if (!verified.ok) return verified
  const { claims, life } = verified
  return { ok: true, principal: { roomId, sessionHash, claims: claimsOf(claims, hello.name), life } }
}

/** A token's claims as a room knows them. The name of the hello stands in where the token has no name, or one that shows nothing. */
export function claimsOf({ sub, role, name, metadata }: TokenClaims, fallbackName: string | undefined): Claims {
  const claims = { identity: sub, role, name: cleanName(name ?? '', cleanName(fallbackName ?? '')) }
  return metadata === undefined ? claims : { ...claims, metadata }
}

/**
 * A short name for what a log must not hold, always the same: 16 hex digits of its SHA-256. It finds the lines of one
 * identity or session; it lets no client in. A reader that knows an identity can compute it: it gives no anonymity.
 */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** The name of a participant whose own name has no visible character. */
export const NAMELESS = 'Guest'

// Controls could forge lines of a log or a terminal; direction marks could turn around what stands beside a name.
// `\p{Surrogate}` matches lone halves only, which UTF-8 cannot hold.
const UNWANTED = /[\p{Cc}\p{Bidi_Control}\p{Surrogate}\ufeff]/gu

/**
 * A display name that is safe to show beside others: NFC, without controls and direction marks, white space as single
 * spaces, at most 64 characters (Unicode code points). `fallback` where nothing of it can be seen.
 */
export function cleanName(raw: string, fallback: string = NAMELESS): string {
  const spaced = raw.replace(/\s+/gu, ' ').replace(UNWANTED, '').normalize('NFC').trim()
  const short = [...spaced].slice(0, MAX_NAME_CHARACTERS).join('').trim()
  return isBlank(short) ? fallback : short
}
