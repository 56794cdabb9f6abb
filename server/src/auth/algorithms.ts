import type { KeyObject } from 'node:crypto'

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
export type Algorithm = 'HS256' | PublicKeyAlgorithm

const MIN_RSA_BITS = 2048
/** A longer one only costs time. */
const MAX_RSA_BITS = 8192

/** Those that a public key may serve for: never one of a secret. None where tokens are not verified by such a key. */
export function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly Algorithm[] {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails ?? {}
  if (asymmetricKeyType === 'ed25519') return ['EdDSA']
  const byCurve = asymmetricKeyType === 'ec' ? BY_CURVE.get(namedCurve) : undefined
  if (byCurve !== undefined) return [byCurve]
  const isGoodRsa = asymmetricKeyType === 'rsa' && modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS
  return isGoodRsa ? RSA : []
}

/** RFC 9864 gives EdDSA on Ed25519 a name of its own; it is the same algorithm. */
export const canonical = (alg: unknown): unknown => (alg === 'Ed25519' ? 'EdDSA' : alg)
