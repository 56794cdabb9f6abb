import { countCharacters, MAX_IDENTITY_CHARACTERS } from '@peerstage/sdk/protocol'
import { Hono } from 'hono'
import type { Erasure } from '../hosting/erasure'
import { createReject, type RejectionMeter, UNAVAILABLE } from './problem'
import { rejectionOf } from './require-access'
import type { RestAccess } from './rest-access'

export type IdentityRoutesPorts = Pick<RestAccess, 'mayAdminister'> & {
  readonly erasure: Pick<Erasure, 'identity'>
  readonly meter: RejectionMeter
}

const NO_IDENTITY = `An identity is a text of 1 to ${MAX_IDENTITY_CHARACTERS} characters, percent-encoded as UTF-8.`

/** `/v1/identities/:identity`: erases an identity. */
export function identityRoutes({ erasure, mayAdminister, meter }: IdentityRoutesPorts): Hono {
  const app = new Hono()
  const reject = createReject(meter)
  app.delete('/v1/identities/:identity', async (c) => {
    const rule = { reject, needed: "an admin's token for all rooms" }
    const rejection = await rejectionOf(c, (token) => mayAdminister(token), rule)
    if (rejection !== undefined) return rejection
    const identity = lastSegment(c.req.url)
    if (identity === undefined) return reject(c, 400, 'invalid', NO_IDENTITY)
    const erased = await erasure.identity(identity)
    return erased.ok ? c.json({ messages: erased.messages }) : reject(c, ...UNAVAILABLE)
  })
  return app
}

/** Reads the identity from the raw path, because it may contain any character, also those of route patterns. */
function lastSegment(url: string): string | undefined {
  try {
    const text = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '')
    return text !== '' && countCharacters(text) <= MAX_IDENTITY_CHARACTERS ? text : undefined
  } catch {
    return undefined
  }
}
