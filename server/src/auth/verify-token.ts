// What a token must say, and whether one is valid for a room.
import {
  countCharacters,
  MAX_IDENTITY_CHARACTERS,
  MAX_METADATA_BYTES,
  type Role,
  role,
  roomId,
  utf8Bytes,
} from '@peerstage/sdk/protocol'
import { type CryptoKey, errors, jwtVerify } from 'jose'
import * as v from 'valibot'
import { ALGORITHMS, canonical, type KeySource, KeysUnavailable, type TokenKey } from './keys'
import type { TokenLife } from './token-watch'

/** Whom a token is meant for, unless the app says otherwise. */
export const DEFAULT_AUDIENCE = 'peerstage'

/**
 * How far ahead a token may end: a year, and the day that a leap year has more. A stolen token that never ends is valid for
 * ever, and so would be one with `exp` in milliseconds, a common mistake.
 */
export const MAX_TOKEN_LIFE_SECONDS = 366 * 24 * 3600

/** Means every room in a token's `room`. */
export const ANY_ROOM = '*'

// UTF-8, and a log on disk with it, cannot hold half a surrogate pair: two identities that differ in one would be the same there.
const WELL_FORMED = /^\P{Surrogate}*$/u

/** What a token says of its bearer, beside what `jose` checks itself. Keys we do not know are the app's own business. */
export const tokenClaims = v.object({
  sub: v.pipe(
    v.string(),
    v.minLength(1),
    v.check((sub) => countCharacters(sub) <= MAX_IDENTITY_CHARACTERS),
    v.regex(WELL_FORMED),
  ),
  room: v.union([roomId, v.literal(ANY_ROOM)]),
  exp: v.pipe(v.number(), v.finite()),
  role: v.optional(role, 'viewer' satisfies Role),
  name: v.optional(v.string()),
  metadata: v.optional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.check((metadata) => utf8Bytes(JSON.stringify(metadata)) <= MAX_METADATA_BYTES),
    ),
  ),
  admin: v.optional(v.boolean(), false),
})
export type TokenClaims = v.InferOutput<typeof tokenClaims>

type VerifyPorts = {
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
  /** The exact fault, a constant of the code: for the log only, not sent. */
  readonly fault?: string
}

/** The claims of a valid token, or why it is rejected. */
export type TokenResult =
  | { readonly ok: true; readonly claims: TokenClaims; readonly life: TokenLife }
  | { readonly ok: false; readonly error: RejectedToken }

/** Verifies a token for one room. Never throws. */
export type Verify = (token: string, roomId: string) => Promise<TokenResult>

/** How far clocks may be apart, in seconds. */
const LEEWAY_SECONDS = 10

const UNAUTHORIZED = { goodbye: 'unauthorized', reason: 'The token is not valid.' } as const
/** The reason sent to a client if the keys could not be read: the token may be valid. */
export const TOKEN_UNVERIFIED = 'The token could not be verified now.'
const UNAVAILABLE = { goodbye: 'unavailable', reason: TOKEN_UNVERIFIED } as const

/** A token that names another algorithm than its key's, `none` among them, is rejected before its signature is looked at. */
export function createVerify(ports: VerifyPorts): Verify {
  const secrets = new SecretKeys()
  return async (token, roomId) => {
    try {
      const { claims, life } = await readToken(token, ports, secrets)
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
async function readToken(
  token: string,
  { keys, audience, issuer, maxTokenAgeSeconds, now }: VerifyPorts,
  secrets: SecretKeys,
) {
  let used: TokenKey | undefined
  const keyOf = async ({ alg, kid }: { alg?: string; kid?: unknown }) => {
    if (kid !== undefined && typeof kid !== 'string') throw new UnknownKey()
    used = await keys.find(kid)
    if (used === undefined || used.alg !== canonical(alg)) throw new UnknownKey()
    return used.material instanceof Uint8Array ? secrets.keyOf(used.material) : used.material
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

/** Secrets as keys of Web Crypto. Of bytes `jose` would make a key for each token, which is a quarter of what a token costs. */
class SecretKeys {
  readonly #keys = new WeakMap<Uint8Array, Promise<CryptoKey>>()

  keyOf(secret: Uint8Array): Promise<CryptoKey> {
    const known = this.#keys.get(secret)
    if (known !== undefined) return known
    const key = crypto.subtle.importKey('raw', Buffer.from(secret), HMAC_SHA256, false, ['verify'])
    this.#keys.set(secret, key)
    return key
  }
}

const HMAC_SHA256 = { name: 'HMAC', hash: 'SHA-256' }

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
