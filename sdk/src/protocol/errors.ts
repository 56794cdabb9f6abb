import * as v from 'valibot'

/** What a client does after its connection was rejected or closed with a code. */
export type Retry =
  /** Never: the next attempt would fail in the same way. */
  | 'never'
  /** Once, with a fresh token; then never. */
  | 'freshToken'
  /** With long delays: the room may have a free seat or be open later. */
  | 'slowly'
  /** At once, with jitter and backoff. */
  | 'soon'

/**
 * Why a connection ends: its code on `goodbye`, its WebSocket close code, and what the client does next.
 * 4000–4999 is the range that RFC 6455 §7.4.2 leaves to applications; 1012 and 1013 are registered with IANA.
 */
export const GOODBYES = {
  bad_frame: { close: 4400, retry: 'never' },
  unauthorized: { close: 4401, retry: 'freshToken' },
  forbidden: { close: 4403, retry: 'never' },
  room_not_found: { close: 4404, retry: 'slowly' },
  unsupported_version: { close: 4406, retry: 'never' },
  verification_timeout: { close: 4408, retry: 'soon' },
  superseded: { close: 4409, retry: 'never' },
  room_ended: { close: 4410, retry: 'never' },
  removed: { close: 4411, retry: 'never' },
  room_full: { close: 4413, retry: 'slowly' },
  room_locked: { close: 4423, retry: 'slowly' },
  rate_limited: { close: 4429, retry: 'soon' },
  slow_consumer: { close: 4430, retry: 'soon' },
  busy: { close: 4503, retry: 'slowly' },
  draining: { close: 1012, retry: 'soon' },
  unavailable: { close: 1013, retry: 'soon' },
} as const satisfies Record<string, { close: number; retry: Retry }>
/** Why a connection ends. */
export type GoodbyeCode = keyof typeof GOODBYES

/** Why a command, signal or cast was rejected. The connection stays. */
export const REJECTIONS = {
  invalid: false,
  forbidden: false,
  peer_not_found: false,
  message_not_found: false,
  ban_not_found: false,
  bans_full: true,
  stage_full: true,
  source_not_allowed: false,
  payload_too_large: false,
  bad_description: false,
  rate_limited: true,
  unavailable: true,
  unauthorized: false,
  internal: true,
} as const satisfies Record<string, boolean>
/** Why a command, signal or cast was rejected. */
export type RejectionCode = keyof typeof REJECTIONS

const keysOf = <K extends string>(record: Record<K, unknown>): [K, ...K[]] => Object.keys(record) as [K, ...K[]]

/** Why a connection ends. */
export const goodbyeCode = v.picklist(keysOf(GOODBYES))
/** Why a command, signal or cast was rejected. A code that only a newer server knows counts as `internal`. */
export const rejectionCode = v.fallback(v.picklist(keysOf(REJECTIONS)), 'internal')

/** Why a command was rejected. `retryable`: the same command may succeed later. */
export const rejection = v.object({
  code: rejectionCode,
  /** A sentence for users. */
  message: v.string(),
  retryable: v.boolean(),
  /** Milliseconds to wait before the next try. */
  retryAfterMs: v.optional(v.number()),
})
/** Why a command was rejected. */
export type Rejection = v.InferOutput<typeof rejection>

/**
 * Makes a rejection from its code and a sentence. {@link REJECTIONS} tells whether it is retryable.
 *
 * @example
 * ```ts
 * import { reject } from '@peerstage/sdk/protocol'
 *
 * reject('rate_limited', 'That was too fast.', 1000)
 * // { code: 'rate_limited', message: 'That was too fast.', retryable: true, retryAfterMs: 1000 }
 * ```
 *
 * @param retryAfterMs milliseconds to wait before the next try. Default: the rejection names none
 */
export function reject(code: RejectionCode, message: string, retryAfterMs?: number): Rejection {
  const base = { code, message, retryable: REJECTIONS[code] }
  return retryAfterMs === undefined ? base : { ...base, retryAfterMs }
}

/**
 * The goodbye code of a WebSocket close code, for a client that did not get the goodbye; undefined when there is none.
 *
 * @example
 * ```ts
 * import { goodbyeOfClose } from '@peerstage/sdk/protocol'
 *
 * goodbyeOfClose(4413) // 'room_full'
 * goodbyeOfClose(1006) // undefined
 * ```
 */
export function goodbyeOfClose(close: number): GoodbyeCode | undefined {
  return keysOf(GOODBYES).find((code) => GOODBYES[code].close === close)
}
