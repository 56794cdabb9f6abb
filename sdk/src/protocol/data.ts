import * as v from 'valibot'
import { participantId } from './ids'
import { isSafeJson } from './json'
import { strict } from './strict'

/** A message of the app, any JSON value, to all others or to some. The server checks its size before it relays it. */
export const dataCast = strict({
  type: v.literal('data'),
  value: v.pipe(v.unknown(), v.check(isSafeJson)),
  to: v.optional(v.pipe(v.array(participantId), v.minLength(1), v.maxLength(20))),
})

/** A message of the app, as the others get it. */
export const dataDown = v.object({ type: v.literal('data'), value: v.unknown() })
