// The keys that tokens are verified by, and the algorithm of each.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { countCharacters } from '@peerstage/sdk/protocol'

/** A key that tokens are verified by. */
export type TokenKey = {
  /** Which tokens are its own: those with the same `kid`, or with none. */
  readonly kid: string | undefined
  /** The one algorithm that it is for: a public key never serves as a secret, whatever a token says. */
  readonly alg: Algorithm
  readonly material: KeyObject | Uint8Array
  /** Calls back once when the key does not count any more, at once if that is so now. Returns what cancels it. */
  readonly onWithdrawn?: (listener: () => void) => () => void
}

/** One that may be public. */
export type PublicKey = TokenKey & { readonly material: KeyObject }

/** Where the keys are. */
export type KeySource = {
  /**
   * The key for a token with this `kid`.
   * @throws KeysUnavailable when that cannot be told now
   */
  find(kid: string | undefined): Promise<TokenKey | undefined>
  /** Idempotent. */
  close(): void
}

/** Which keys there are is not known now: the token may be good. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('The keys cannot be had now.')
    this.retryAfterMs = retryAfterMs
  }
}

/** Keys that never change. */
export function fixedKeys(keys: readonly TokenKey[]): KeySource {
  return { find: async (kid) => pick(keys, kid), close: () => {} }
}

/**
 * Where several keys serve, a token names its own, or none where that key has none. A single key serves tokens that name none too, and
 * all of them if it has no name itself.
 */
export function pick<K extends TokenKey>(keys: readonly K[], kid: string | undefined): K | undefined {
  const [only, ...more] = keys
  if (more.length === 0 && (kid === undefined || only?.kid === undefined)) return only
  return keys.find((key) => key.kid === kid)
}

export const MAX_KID_CHARACTERS = 256

/** A key that options or a key set give. `error`: what is wrong with it, to be read behind its path. */
export type KeyResult<K extends TokenKey> =
  | { readonly ok: true; readonly key: K }
  | { readonly ok: false; readonly error: string }

export const badKey = (error: string) => ({ ok: false, error }) as const

/**
 * Reads a public key from a JWK or a PEM, or says why tokens cannot be verified with it. The key determines its algorithm; an RSA key
 * has the algorithm of the JWK's `alg` or of `wanted`, else RS256.
 */
export function readPublicKey(given: string | JsonWebKey, wanted?: Algorithm): KeyResult<PublicKey> {
  const jwk: JsonWebKey = typeof given === 'string' ? {} : given
  if (jwk.d !== undefined || (typeof given === 'string' && given.includes('PRIVATE KEY'))) {
    return badKey('must be a public key: a private one stays with the signer')
  }
  const material = typeof given === 'string' ? fromPem(given) : fromJwk(given)
  const fitting = material === undefined ? [] : algorithmsOf(material)
  if (material === undefined || fitting.length === 0) return badKey(NO_KEY)
  const own = fitting.filter((alg) => jwk.alg === undefined || alg === canonical(jwk.alg))
  if (own.length === 0 || !isForTokens(jwk))
    return badKey(`is a key for something else than to verify tokens by ${fitting.join(', ')}`)
  const alg = own.find((each) => wanted === undefined || each === canonical(wanted))
  return alg === undefined
    ? badKey(`is a key for ${own.join(', ')}`)
    : { ok: true, key: { kid: jwk.kid as string | undefined, alg, material } }
}

const NO_KEY =
  'must be a public key of Ed25519, P-256, P-384, P-521 or RSA (2,048 to 8,192 bits), as a JWK or a PEM (SPKI)'

const fromPem = (key: string): KeyObject | undefined =>
  /^\s*-----BEGIN PUBLIC KEY-----/.test(key) ? orNothing(() => createPublicKey({ key, format: 'pem' })) : undefined

const fromJwk = (key: JsonWebKey): KeyObject | undefined => orNothing(() => createPublicKey({ key, format: 'jwk' }))

function orNothing(read: () => KeyObject): KeyObject | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** What a JWK may say of itself: RFC 7517 §4. */
function isForTokens({ use, key_ops, kid }: JsonWebKey): boolean {
  const operations = key_ops === undefined || (Array.isArray(key_ops) && key_ops.includes('verify'))
  const name =
    kid === undefined || (typeof kid === 'string' && kid !== '' && countCharacters(kid) <= MAX_KID_CHARACTERS)
  return operations && name && (use === undefined || use === 'sig')
}

/**
 * What a token may be signed by with a private key, while the server knows the public one. `Ed25519` (RFC 9864) and `EdDSA` are two names
 * for the same algorithm.
 */
export type PublicKeyAlgorithm =
  | 'EdDSA'
  | 'Ed25519'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'

/** Those that one RSA key may serve for. The first one is its own where nothing else is said. */
const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const
const BY_CURVE: ReadonlyMap<string | undefined, PublicKeyAlgorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
])
/** Those by a private key that only the signer has. */
export const PUBLIC_KEY_ALGORITHMS: readonly PublicKeyAlgorithm[] = ['EdDSA', 'Ed25519', ...BY_CURVE.values(), ...RSA]
/** What a token may be signed by. HS256 is by a secret that both sides share. */
export const ALGORITHMS: readonly Algorithm[] = ['HS256', ...PUBLIC_KEY_ALGORITHMS]
type Algorithm = 'HS256' | PublicKeyAlgorithm

const MIN_RSA_BITS = 2048
/** A longer one only costs time. */
const MAX_RSA_BITS = 8192

/** Those that a public key may serve for: never one of a secret. None where tokens are not verified by such a key. */
function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly Algorithm[] {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails ?? {}
  if (asymmetricKeyType === 'ed25519') return ['EdDSA']
  const byCurve = asymmetricKeyType === 'ec' ? BY_CURVE.get(namedCurve) : undefined
  if (byCurve !== undefined) return [byCurve]
  const isGoodRsa = asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS
  return isGoodRsa ? RSA : []
}

/** RFC 9864 gives EdDSA on Ed25519 a name of its own; it is the same algorithm. */
export const canonical = (alg: unknown): unknown => (alg === 'Ed25519' ? 'EdDSA' : alg)
