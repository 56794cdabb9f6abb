import type { JsonWebKey } from 'node:crypto'
import { countCharacters } from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import type { Jwk } from '../auth/jwk'
import {
  ALGORITHMS,
  badKey,
  canonical,
  type KeyResult,
  MAX_KID_CHARACTERS,
  type PublicKeyAlgorithm,
  readPublicKey,
  type TokenKey,
} from '../auth/keys'
import { isLocalName } from '../auth/local-request'
import { MIN_SECRET_BYTES, SET_SECRET, spaceFault, trimmed } from '../auth/secret'
import { DEFAULT_AUDIENCE } from '../auth/verify-token'
import { wholeNumber } from './limits'

/** A key that verifies tokens: a `publicKey` or a `secret`. */
export type KeyOptions = {
  /** Key of HS256 tokens: at least 32 bytes. White space at the ends of a text is removed, as `signToken` does. */
  readonly secret?: string | Uint8Array
  /** A JWK, or the text of a PEM (SPKI): of Ed25519, P-256, P-384, P-521 or RSA. */
  readonly publicKey?: Jwk | string
  /**
   * The name of the key, which verifies tokens with the same `kid`. Default: that of the JWK. One of several keys may have none: it
   * verifies tokens without a `kid`.
   */
  readonly kid?: string
  /** The algorithm of an RSA key. Default: that of the JWK, or RS256. Other keys determine it themselves. */
  readonly alg?: 'HS256' | PublicKeyAlgorithm
}

/** The keys of the tokens (one of `secret`, `keys` and `jwksUrl`), and further requirements for a token. */
export type AuthOptions = {
  /** Key of the tokens (HS256): at least 32 bytes. White space at the ends of a text is removed, as `signToken` does. */
  readonly secret?: string | Uint8Array
  /** Several keys, or public keys. A token names its key by `kid`. `tokens.sign` uses the first secret: put the newest one first. */
  readonly keys?: readonly KeyOptions[]
  /** The URL of the public keys: https (http only to this machine). */
  readonly jwksUrl?: string
  /** How often `jwksUrl` is read, in seconds. A key that was removed from the set is invalid after that time. Default 600. */
  readonly jwksRefreshSeconds?: number
  /** How long the keys of `jwksUrl` stay valid while it cannot be read, in seconds. Default 86,400: a day. */
  readonly jwksMaxAgeSeconds?: number
  /** The `aud` of the tokens. Default `peerstage`. */
  readonly audience?: string
  /** The `iss` that tokens must have. Default: any, or none. */
  readonly issuer?: string
  /** The largest age of a token by its `iat`, in seconds; tokens then need an `iat`. Default: none, only `exp` counts. */
  readonly maxTokenAgeSeconds?: number
}

const byteLength = (secret: string | Uint8Array) => Buffer.byteLength(secret)
const text = v.pipe(v.string('must be a string'), v.trim(), v.minLength(1, 'must not be empty'))

const secret = v.pipe(
  v.union([v.string(), v.instance(Uint8Array<ArrayBufferLike>)], 'must be a string or bytes'),
  v.transform(trimmed),
  v.check((value) => byteLength(value) > 0, `is empty: ${SET_SECRET}`),
  v.check(
    (value) => byteLength(value) === 0 || byteLength(value) >= MIN_SECRET_BYTES,
    `must have at least ${MIN_SECRET_BYTES} bytes`,
  ),
  // Everyone may know a public key. Used as a secret, it would let any client sign tokens.
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const isPem = /^\s*-----BEGIN /.test(Buffer.from(dataset.value).toString())
    const fault = isPem ? 'must be a secret: put a PEM into keys' : spaceFault(dataset.value)
    if (fault !== undefined) addIssue({ message: fault })
  }),
)

/** A key, as in the options. It has either a secret or a public key. */
const givenKey = v.strictObject(
  {
    secret: v.exactOptional(secret),
    publicKey: v.exactOptional(v.union([v.string(), v.custom<Jwk>(isObject)], 'must be a JWK or a PEM string')),
    kid: v.exactOptional(
      v.pipe(
        text,
        v.check((kid) => countCharacters(kid) <= MAX_KID_CHARACTERS, 'must be shorter'),
      ),
    ),
    alg: v.exactOptional(v.picklist(ALGORITHMS, `must be one of ${ALGORITHMS.join(', ')}`)),
  },
  ({ expected }) =>
    expected === 'never' ? 'is not an option of a key' : 'must be an object with a publicKey or a secret',
)

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type GivenKey = v.InferOutput<typeof givenKey>

/** Reads a key of the options; otherwise returns what is wrong with it. */
function readKey(given: GivenKey): KeyResult<TokenKey> {
  const { secret, publicKey, alg } = given
  if ((secret === undefined) === (publicKey === undefined)) {
    return badKey('must have a secret or a publicKey, and not both')
  }
  if (secret !== undefined) return named(secretKey(secret), given)
  const read = readPublicKey(publicKey as string | JsonWebKey, alg)
  return read.ok ? named(read.key, given) : read
}

const named = (key: TokenKey, { kid, alg }: GivenKey): KeyResult<TokenKey> =>
  alg === undefined || canonical(alg) === key.alg
    ? { ok: true, key: { ...key, kid: kid ?? key.kid } }
    : badKey(`is a key for ${key.alg}`)

const secretKey = (secret: string | Uint8Array): TokenKey => ({
  kid: undefined,
  alg: 'HS256',
  material: typeof secret === 'string' ? Buffer.from(secret) : secret,
})

const goodKeys = (given: readonly GivenKey[]): readonly TokenKey[] =>
  given.map(readKey).flatMap((result) => (result.ok ? [result.key] : []))

const key = v.pipe(
  givenKey,
  v.rawCheck(({ dataset, addIssue }) => {
    const read = dataset.typed ? readKey(dataset.value) : undefined
    if (read?.ok === false) addIssue({ message: read.error })
  }),
)

function areToldApart(given: GivenKey[]): boolean {
  const kids = goodKeys(given).map(({ kid }) => kid)
  return new Set(kids).size === kids.length
}

const keys = v.pipe(
  v.array(
    key,
    'must be a list of keys, each with a publicKey or a secret; as text, a JSON Web Key Set, a PEM or a file',
  ),
  v.minLength(1, 'must not be empty'),
  v.check(areToldApart, 'must each have a different kid; one of them may have none'),
)

const jwksUrl = v.pipe(
  v.string('must be a string'),
  v.check(isFetchable, 'must be an https URL (http only to this machine) without a user or password'),
)

function isFetchable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLocalName(hostname))
  return isSafe && username === '' && password === ''
}

/** The option `auth`. */
export const authSettings = v.pipe(
  v.strictObject(
    {
      secret: v.exactOptional(secret),
      keys: v.exactOptional(keys),
      jwksUrl: v.exactOptional(jwksUrl),
      jwksRefreshSeconds: v.exactOptional(wholeNumber(30, 24 * 3600), 600),
      jwksMaxAgeSeconds: v.exactOptional(wholeNumber(60, 30 * 24 * 3600), 24 * 3600),
      audience: v.exactOptional(text, DEFAULT_AUDIENCE),
      issuer: v.exactOptional(text),
      maxTokenAgeSeconds: v.exactOptional(wholeNumber(1, 10 * 365 * 24 * 3600)),
    },
    ({ expected }) => (expected === 'never' ? 'is not an option of auth' : 'must be an object'),
  ),
  v.forward(
    v.check(
      ({ secret, keys, jwksUrl }) => [secret, keys, jwksUrl].filter((each) => each !== undefined).length === 1,
      'is needed, or keys, or jwksUrl: exactly one of them',
    ),
    ['secret'],
  ),
)
export type AuthSettings = v.InferOutput<typeof authSettings>

/** The keys in the options, without those that are fetched. */
export const givenKeys = ({ secret, keys = [] }: AuthSettings): readonly TokenKey[] =>
  secret === undefined ? goodKeys(keys) : [secretKey(secret)]
