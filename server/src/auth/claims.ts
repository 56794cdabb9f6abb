import {
  countCharacters,
  MAX_IDENTITY_CHARACTERS,
  MAX_METADATA_BYTES,
  type Role,
  role,
  roomId,
  utf8Bytes,
} from '@peerstage/sdk/protocol'
import * as v from 'valibot'

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
