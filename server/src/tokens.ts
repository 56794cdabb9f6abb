import { type Role, role, roomId } from '@peerstage/sdk/protocol'
import { SignJWT } from 'jose'
import * as v from 'valibot'
import { ANY_ROOM, DEFAULT_AUDIENCE, secretBytes } from './gateway/claims'

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
  /** Shown to others beside the name; at most 4 KiB as JSON. */
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
 * const token = await signToken({ secret, room: 'town-hall', identity: user.id, name: user.name, role: 'host' })
 * ```
 *
 * @throws TypeError when the room or the role is none; RangeError when the secret is shorter than 32 bytes
 */
export async function signToken(options: SignOptions): Promise<string> {
  const { identity, name, metadata, admin, audience = DEFAULT_AUDIENCE } = options
  const key = secretBytes(options.secret)
  if (!v.is(roomId, options.room) && options.room !== ANY_ROOM) throw new TypeError('The room is no room id.')
  if (options.role !== undefined && !v.is(role, options.role)) throw new TypeError('The role is none of the four.')
  return new SignJWT({
    room: options.room,
    role: options.role ?? 'viewer',
    ...(name === undefined ? {} : { name }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(admin === true ? { admin } : {}),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(identity)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + (options.expiresInSeconds ?? DEFAULT_LIFE_SECONDS))
    .sign(key)
}
