import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'

export type SigningAlgorithm = 'EdDSA' | 'ES256' | 'RS256'

/** A key pair that was made for this test. */
export type SigningPair = {
  readonly alg: SigningAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The public half, as a JWKS has it. */
  readonly jwk: JsonWebKey
  readonly pem: string
}

export function signingPair(alg: SigningAlgorithm, kid?: string): SigningPair {
  const { publicKey, privateKey } = pairOf(alg)
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...(kid === undefined ? {} : { kid }) }
  return { alg, privateKey, publicKey, jwk, pem: publicKey.export({ format: 'pem', type: 'spki' }).toString() }
}

function pairOf(alg: SigningAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
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

/** A token by hand: with whatever header, by whatever key. */
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

/** A token that a pair signs as it should. */
export const signedBy = ({ privateKey, alg, jwk }: SigningPair, wanted: Partial<Wanted> = {}): Promise<string> =>
  handSigned(privateKey, { alg, ...(jwk.kid === undefined ? {} : { kid: String(jwk.kid) }), ...wanted })
