import { roomId } from '@peerstage/sdk/protocol'
import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { bearerToken } from '../auth/bearer-token'
import { TOKEN_UNVERIFIED } from '../auth/verify-token'
import type { Reject } from './problem'

/** Whether a bearer has access, or why not. `unavailable`: that cannot be decided now. */
export type AccessResult =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly error: { readonly why: 'unauthorized' | 'forbidden' | 'unavailable'; readonly fault?: string }
    }

/** Decides whether a bearer has access to a room. */
export type CheckAccess = (token: string, roomId: string) => Promise<AccessResult>

type AccessRule = {
  readonly reject: Reject
  /** The required token, as named in the answer to a rejected client. */
  readonly needed: string
}

/** Middleware that rejects requests without access to the room of the path. */
export function requireAccess(
  may: CheckAccess,
  rule: AccessRule,
): MiddlewareHandler<Record<string, never>, '/v1/rooms/:id'> {
  return async (c, next) => {
    const id = c.req.param('id')
    if (!v.is(roomId, id)) return rule.reject(c, 400, 'invalid', 'This is not a valid room id.')
    return (await rejectionOf(c, (token) => may(token, id), rule)) ?? next()
  }
}

/** The answer to a request without access; otherwise undefined. Invalid tokens and tokens without the right get the same answer. */
export async function rejectionOf(
  c: Context,
  may: (token: string) => Promise<AccessResult>,
  { reject, needed }: AccessRule,
): Promise<Response | undefined> {
  const token = bearerToken(c.req.header('authorization'))
  const result = token === undefined ? NO_TOKEN : await may(token)
  if (result.ok) return undefined
  if (result.error.why === 'unavailable')
    return reject(c, 503, 'unavailable', `${TOKEN_UNVERIFIED} Try again in a moment.`)
  c.header('www-authenticate', 'Bearer')
  return reject(c, 401, 'unauthorized', `This needs ${needed}.`, result.error)
}

const NO_TOKEN = { ok: false, error: { why: 'unauthorized', fault: 'no bearer token' } } as const
