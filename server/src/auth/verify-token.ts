import { errors, jwtVerify } from 'jose'
import * as v from 'valibot'
import { ALGORITHMS, canonical } from './algorithms'
import { ANY_ROOM, MAX_TOKEN_LIFE_SECONDS, type TokenClaims, tokenClaims } from './claims'
import { type KeySource, KeysUnavailable, type TokenKey } from './keys'
import type { TokenLife } from './token-watch'

export type VerifyOptions = {
  readonly keys: KeySource
  readonly audience: string
  /** The `iss` that a token must have; any, or none, where this is not given. */
  readonly issuer?: string | undefined
  /** Oldest `iat` that is accepted, in seconds; makes `iat` required. */
  readonly maxTokenAgeSeconds?: number | undefined
  /** ms since the epoch. */
  readonly now: () => number
}

/** Why a token lets no client in. All faults have the same reason, so that it reveals nothing. */
export type RejectedToken = {
  readonly goodbye: 'unauthorized' | 'forbidden' | 'unavailable'
  readonly reason: string
  readonly retryAfterMs?: number
  /** What was wrong, in words of the code: for our own log only. */
  readonly fault?: string
}

/** What a good token says, or why it is none. */
export type TokenResult =
  | { readonly ok: true; readonly claims: TokenClaims; readonly life: TokenLife }
  | { readonly ok: false; readonly error: RejectedToken }

/** Verifies a token for one room. Never throws. */
export type Verify = (token: string, roomId: string) => Promise<TokenResult>

/** How far clocks may be apart, in seconds. */
const LEEWAY_SECONDS = 10

const UNAUTHORIZED = { goodbye: 'unauthorized', reason: 'The token is not valid.' } as const
/** What a client is told where no key could be asked for: the token may be valid. */
export const TOKEN_UNVERIFIED = 'The token could not be verified now.'
const UNAVAILABLE = { goodbye: 'unavailable', reason: TOKEN_UNVERIFIED } as const

/** A token that names another algorithm than its key's, `none` among them, is rejected before its signature is looked at. */
export function createVerify(options: VerifyOptions): Verify {
  return async (token, roomId) => {
    try {
      const { claims, life } = await readToken(token, options)
      return claims.room === roomId || claims.room === ANY_ROOM ? { ok: true, claims, life } : OTHER_ROOM
    } catch (error) {
      if (error instanceof KeysUnavailable) {
        return { ok: false, error: { ...UNAVAILABLE, retryAfterMs: error.retryAfterMs } }
      }
      return { ok: false, error: { ...UNAUTHORIZED, fault: faultOf(error) } }
    }
  }
}

const OTHER_ROOM = { ok: false, error: { goodbye: 'forbidden', reason: 'The token is for another room.' } } as const

/** @throws an error of `jose` or valibot, or one of ours, that says what is wrong with it */
async function readToken(token: string, { keys, audience, issuer, maxTokenAgeSeconds, now }: VerifyOptions) {
  let used: TokenKey | undefined
  const keyOf = async ({ alg, kid }: { alg?: string; kid?: unknown }) => {
    if (kid !== undefined && typeof kid !== 'string') throw new UnknownKey()
    used = await keys.find(kid)
    if (used === undefined || used.alg !== canonical(alg)) throw new UnknownKey()
    return used.material
  }
  const { payload } = await jwtVerify(token, keyOf, {
    algorithms: [...ALGORITHMS],
    audience,
    requiredClaims: ['exp', 'sub', 'room'],
    clockTolerance: LEEWAY_SECONDS,
    currentDate: new Date(now()),
    ...(issuer === undefined ? {} : { issuer }),
    ...(maxTokenAgeSeconds === undefined ? {} : { maxTokenAge: maxTokenAgeSeconds }),
  })
  const claims = v.parse(tokenClaims, payload, { abortEarly: true })
  if (claims.exp > now() / 1000 + MAX_TOKEN_LIFE_SECONDS + LEEWAY_SECONDS) throw new EndsTooLate()
  return { claims, life: { expiresAt: claims.exp * 1000, onWithdrawn: used?.onWithdrawn } }
}

class UnknownKey extends Error {}
class EndsTooLate extends Error {}

/** `jose` names the claim that it looked for; our schema names its own: nothing of what the client wrote. */
function faultOf(error: unknown): string {
  if (error instanceof UnknownKey) return 'no key for its kid and alg'
  if (error instanceof EndsTooLate) return 'claim exp, too far ahead'
  if (error instanceof v.ValiError) return `claim ${String(error.issues[0].path?.[0]?.key)}`
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
    return `claim ${error.claim}`
  return error instanceof errors.JOSEError ? error.code : 'unreadable'
}
