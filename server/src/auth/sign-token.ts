import { encodeHello, MAX_HELLO_CHARACTERS, MAX_NAME_CHARACTERS } from '@peerstage/sdk/protocol'
import { type CryptoKey, importJWK, importPKCS8, type JWK, SignJWT } from 'jose'
import * as v from 'valibot'
import type { Jwk } from './jwk'
import { PUBLIC_KEY_ALGORITHMS, type PublicKeyAlgorithm } from './keys'
import { secretBytes } from './secret'
import type { SigningKey, SignOptions, TokenOptions } from './token-options'
import { DEFAULT_AUDIENCE, MAX_TOKEN_LIFE_SECONDS, type TokenClaims, tokenClaims } from './verify-token'

export type { Jwk, PublicKeyAlgorithm, SigningKey, SignOptions, TokenOptions }

/**
 * The error of `signToken` for an option that a token may not have. `message` is a sentence that you may show; it
 * contains no value. If the option comes from a request, answer 400: the request is wrong, not your server.
 *
 * @example
 * ```ts
 * import { signToken, TokenOptionError } from '@peerstage/server/tokens'
 *
 * export async function tokenFor(room: string): Promise<Response> {
 *   const secret = process.env.PEERSTAGE_SECRET ?? ''
 *   try {
 *     return Response.json({ token: await signToken({ secret, room, identity: user.id }) })
 *   } catch (error) {
 *     if (!(error instanceof TokenOptionError)) throw error
 *     return Response.json({ error: error.message }, { status: 400 })
 *   }
 * }
 * ```
 */
export class TokenOptionError extends TypeError {
  /** Always that, in stacks and logs. */
  override readonly name = 'TokenOptionError'
  /** The option, for example `room`. */
  readonly option: keyof TokenOptions

  /** Made by `signToken`; an app may make its own. */
  constructor(option: keyof TokenOptions, message: string) {
    super(message)
    this.option = option
  }
}

const DEFAULT_LIFE_SECONDS = 3600

/**
 * Makes a token (a JWT) that lets its bearer into a room. For your backend: never ship the secret, or the private key.
 *
 * @example
 * ```ts
 * import { signToken } from '@peerstage/server/tokens'
 *
 * const secret = process.env.PEERSTAGE_SECRET ?? ''
 * const token = await signToken({ secret, room: 'town-hall', identity: user.id, name: user.name, role: 'host' })
 *
 * const key = { privateKey: process.env.PRIVATE_KEY ?? '', alg: 'EdDSA', kid: '2026-11' } as const
 * const other = await signToken({ key, room: 'town-hall', identity: user.id })
 * ```
 *
 * @throws TokenOptionError when the server would reject an option, or when it makes the token too large for a hello;
 * TypeError when the key is not a private key for its algorithm; RangeError when there is no secret, it is shorter than 32 bytes, or has a
 * line break inside
 */
export async function signToken(options: SignOptions): Promise<string> {
  const { room, identity, role = 'viewer', name, metadata, admin, audience = DEFAULT_AUDIENCE, issuer } = options
  const { material, ...header } = await signerOf(options)
  const issuedAt = Math.floor((options.now ?? Date.now()) / 1000)
  const life = options.expiresInSeconds ?? DEFAULT_LIFE_SECONDS
  const claims = {
    sub: identity,
    room,
    exp: issuedAt + life,
    role,
    ...(name === undefined ? {} : { name }),
    ...(metadata === undefined ? {} : { metadata }),
    // Absent means no admin: `false` would only make the token longer.
    ...(admin === undefined || admin === false ? {} : { admin }),
  }
  checkClaims(claims)
  if (life > MAX_TOKEN_LIFE_SECONDS) throw new TokenOptionError('expiresInSeconds', SENTENCES.exp)
  const token = await new SignJWT({ ...claims, ...(issuer === undefined ? {} : { iss: issuer.trim() }) })
    .setProtectedHeader({ ...header, typ: 'JWT' })
    .setAudience(audience.trim())
    .setIssuedAt(issuedAt)
    .sign(material)
  if (encodeHello({ ...LARGEST_HELLO, token }).length <= MAX_HELLO_CHARACTERS) return token
  throw new TokenOptionError(
    'metadata',
    'The token is too large for a hello: give it less metadata, or a shorter name.',
  )
}

type Signer = { readonly alg: string; readonly kid?: string; readonly material: CryptoKey | Uint8Array }

/** The signing key, and its fields in the header. */
async function signerOf({ secret, kid, key }: SignOptions): Promise<Signer> {
  if (key === undefined) {
    return { alg: 'HS256', ...(kid === undefined ? {} : { kid }), material: secretBytes(secret) }
  }
  const material = await privateKeyOf(key)
  const name = key.kid ?? (typeof key.privateKey === 'string' ? undefined : key.privateKey.kid)
  return { alg: key.alg, ...(name === undefined ? {} : { kid: name }), material }
}

/** The message of `jose` about a wrong key may contain a part of it, so it is not passed on. */
async function privateKeyOf({ privateKey, alg }: SigningKey): Promise<CryptoKey> {
  const isKnown = PUBLIC_KEY_ALGORITHMS.includes(alg)
  const read = () => (typeof privateKey === 'string' ? importPKCS8(privateKey, alg) : importJWK(privateKey as JWK, alg))
  const material = isKnown ? await read().catch(() => undefined) : undefined
  if (material !== undefined && 'type' in material && material.type === 'private') return material
  throw new TypeError('key.privateKey must be a private key, as a JWK or a PEM (PKCS #8), for the alg that is given.')
}

/** The server would reject the token without a reason, so the reason is given here. */
const SENTENCES: Readonly<Record<keyof TokenClaims, string>> = {
  sub: 'The identity must be a string of 1 to 256 characters, of well-formed Unicode.',
  room: 'The room is no room id: it has 1 to 64 characters of A-Z, a-z, 0-9, _ and -, or is * for every room.',
  exp: `expiresInSeconds must be a number of at most ${MAX_TOKEN_LIFE_SECONDS}: 366 days.`,
  role: 'The role is none of the four: host, cohost, guest, viewer.',
  name: 'The name must be a string.',
  metadata: 'The metadata must be an object of at most 2 KiB as JSON.',
  admin: 'admin must be true or false.',
}

/** The option that a claim is made from. */
const OPTION_OF: Readonly<Record<keyof TokenClaims, keyof TokenOptions>> = {
  sub: 'identity',
  room: 'room',
  exp: 'expiresInSeconds',
  role: 'role',
  name: 'name',
  metadata: 'metadata',
  admin: 'admin',
}

function checkClaims(claims: unknown): void {
  const { issues } = v.safeParse(tokenClaims, claims, { abortEarly: true })
  const [issue] = issues ?? []
  if (issue === undefined) return
  const claim = issue.path?.[0]?.key as keyof TokenClaims
  throw new TokenOptionError(OPTION_OF[claim], SENTENCES[claim])
}

/** All that a client may put into a hello beside its token, at its longest: a character of a name has up to 4 bytes. */
const LARGEST_HELLO = {
  intent: 'join',
  session: 'x'.repeat(43),
  attempt: Number.MAX_SAFE_INTEGER,
  joinId: 'x'.repeat(64),
  seq: Number.MAX_SAFE_INTEGER,
  instance: 'x'.repeat(64),
  client: 'x'.repeat(64),
  name: '\u{1f600}'.repeat(MAX_NAME_CHARACTERS),
} as const
