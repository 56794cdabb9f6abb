import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import type { PublicKeyAlgorithm } from '../../src/index'

/** A generated key pair. */
export type SigningPair = {
  readonly alg: PublicKeyAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The public key, as in a JWKS. */
  readonly jwk: JsonWebKey
  readonly pem: string
}

export function signingPair(alg: PublicKeyAlgorithm, kid?: string): SigningPair {
  const { publicKey, privateKey } = pairOf(alg)
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...(kid === undefined ? {} : { kid }) }
  return { alg, privateKey, publicKey, jwk, pem: publicKey.export({ format: 'pem', type: 'spki' }).toString() }
}

function pairOf(alg: PublicKeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg === 'EdDSA' || alg === 'Ed25519') return generateKeyPairSync('ed25519')
  const namedCurve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[String(alg)]
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

export type Wanted = {
  readonly alg: string
  readonly kid?: string
  readonly sub?: string
  readonly room?: string
  readonly role?: string
  readonly iss?: string
  /** Seconds since the epoch. Default: in an hour. */
  readonly exp?: number
  readonly crit?: string[]
}

/** Signs a token with any header and any key. */
export function handSigned(key: KeyObject | Uint8Array, wanted: Wanted): Promise<string> {
  const { alg, kid, sub = 'ada', room = 'hall', role = 'host', iss, exp, crit } = wanted
  const header = {
    alg,
    ...(kid === undefined ? {} : { kid }),
    ...(crit === undefined ? {} : { crit, [crit[0] ?? '']: true }),
  }
  return new SignJWT({ sub, room, role, ...(iss === undefined ? {} : { iss }) })
    .setProtectedHeader(header)
    .setAudience('peerstage')
    .setExpirationTime(exp ?? Math.floor(Date.now() / 1000) + 3600)
    .sign(key, crit === undefined ? {} : { crit: Object.fromEntries(crit.map((each) => [each, true])) })
}

/** A valid token, signed by a pair. */
export const signedBy = ({ privateKey, alg, jwk }: SigningPair, wanted: Partial<Wanted> = {}): Promise<string> =>
  handSigned(privateKey, { alg, ...(jwk.kid === undefined ? {} : { kid: String(jwk.kid) }), ...wanted })
