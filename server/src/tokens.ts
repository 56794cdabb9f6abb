import { encodeHello, MAX_HELLO_CHARACTERS, MAX_NAME_CHARACTERS, type Role } from '@peerstage/sdk/protocol'
import { SignJWT } from 'jose'
import * as v from 'valibot'
import { DEFAULT_AUDIENCE, secretBytes, type TokenClaims, tokenClaims } from './gateway/claims'

/** Who may come in where, and as what. */
export type TokenOptions = {
  /** A room id (1 to 64 of `A-Z a-z 0-9 _ -`), or `*` for every room. */
  readonly room: string
  /** Whoever your app knows: any string of 1 to 256 characters. Others never see it. */
  readonly identity: string
  /** Default `viewer`. */
  readonly role?: Role
  /** Shown to others; without it the client's own word is. */
  readonly name?: string
  /** Shown to others beside the name; at most 2 KiB as JSON, which a browser's hello has room for. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Default 3600. */
  readonly expiresInSeconds?: number
  /** May use the REST endpoints of its room. Default false. */
  readonly admin?: boolean
}

/** A token, and the key that it is signed with. */
export type SignOptions = TokenOptions & {
  /** The same as the server's `auth.secret`: at least 32 bytes. */
  readonly secret: string | Uint8Array
  /** The same as the server's `auth.audience`. Default `peerstage`. */
  readonly audience?: string
}

const DEFAULT_LIFE_SECONDS = 3600

/**
 * Makes a token (a JWT signed by HS256) that lets its bearer into a room. For your backend: never ship the secret.
 *
 * @example
 * ```ts
 * import { signToken } from '@peerstage/server/tokens'
 *
 * const secret = process.env.PEERSTAGE_SECRET ?? ''
 * const token = await signToken({ secret, room: 'town-hall', identity: user.id, name: user.name, role: 'host' })
 * ```
 *
 * @throws TypeError when a claim is one that the server would refuse, or the token is too large for a hello; RangeError
 * when the secret is shorter than 32 bytes
 */
export async function signToken(options: SignOptions): Promise<string> {
  const { room, identity, role = 'viewer', name, metadata, admin, audience = DEFAULT_AUDIENCE } = options
  const key = secretBytes(options.secret)
  const exp = Math.floor(Date.now() / 1000) + (options.expiresInSeconds ?? DEFAULT_LIFE_SECONDS)
  const claims = {
    sub: identity,
    room,
    exp,
    role,
    ...(name === undefined ? {} : { name }),
    ...(metadata === undefined ? {} : { metadata }),
    // Without it nobody is one: `false` would only make the token longer.
    ...(admin === undefined || admin === false ? {} : { admin }),
  }
  checkClaims(claims)
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audience)
    .setIssuedAt()
    .sign(key)
  if (encodeHello({ ...LARGEST_HELLO, token }).length <= MAX_HELLO_CHARACTERS) return token
  throw new TypeError('The token is too large for a hello: give it less metadata, or a shorter name.')
}

/** What is signed would be refused without a reason by the server, so the reason is given here. */
const SENTENCES: Readonly<Record<keyof TokenClaims, string>> = {
  sub: 'The identity must be a text of 1 to 256 characters.',
  room: 'The room is no room id: it has 1 to 64 characters of A-Z, a-z, 0-9, _ and -, or is * for every room.',
  exp: 'expiresInSeconds must be a number.',
  role: 'The role is none of the four: host, cohost, guest, viewer.',
  name: 'The name must be a text.',
  metadata: 'The metadata must be an object of at most 2 KiB as JSON.',
  admin: 'admin must be true or false.',
}

function checkClaims(claims: unknown): void {
  const { issues } = v.safeParse(tokenClaims, claims, { abortEarly: true })
  const [issue] = issues ?? []
  if (issue !== undefined) throw new TypeError(SENTENCES[issue.path?.[0]?.key as keyof TokenClaims])
}

/** All that a client may put into a hello beside its token, at its longest: a character of a name has up to 3 bytes. */
const LARGEST_HELLO = {
  intent: 'join',
  session: 'x'.repeat(43),
  attempt: Number.MAX_SAFE_INTEGER,
  page: 'x'.repeat(64),
  seq: Number.MAX_SAFE_INTEGER,
  instance: 'x'.repeat(64),
  client: 'x'.repeat(64),
  name: '\u{ffee}'.repeat(MAX_NAME_CHARACTERS),
} as const
