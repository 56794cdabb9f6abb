import { roomId } from '@peerstage/sdk/protocol'
import type { Context, MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import { problem } from './problem'

/** Whether a bearer may do something to a room. `unknown`: that cannot be told now. */
export type May = (token: string, roomId: string) => Promise<boolean | 'unknown'>

/** Lets through who may do it to the room of the path. A wrong token and a token without the right get the same words. */
export function roomGate(may: May, needed: string): MiddlewareHandler<Record<string, never>, '/v1/rooms/:id'> {
  return async (c, next) => {
    const id = c.req.param('id')
    if (!v.is(roomId, id)) return problem(c, 400, 'invalid', 'This is no room id.')
    return (await refusalOf(c, (token) => may(token, id), needed)) ?? next()
  }
}

/** What keeps a request out; undefined when it may go on. */
export async function refusalOf(
  c: Context,
  may: (token: string) => Promise<boolean | 'unknown'>,
  needed: string,
): Promise<Response | undefined> {
  const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const verdict = token !== undefined && (await may(token))
  if (verdict === 'unknown')
    return problem(c, 503, 'unavailable', 'The token could not be verified now: try again in a moment.')
  if (verdict) return undefined
  c.header('www-authenticate', 'Bearer')
  return problem(c, 401, 'unauthorized', `This needs ${needed}.`)
}
