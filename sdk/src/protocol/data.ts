import * as v from 'valibot'
import { participantId } from './ids'
import { isSafeJson } from './json'
import { strict } from './strict'

/** An app's own message, any JSON value, to all others or to some. Its size is checked by the server before it is routed. */
export const dataCast = strict({
  type: v.literal('data'),
  value: v.pipe(v.unknown(), v.check(isSafeJson)),
  to: v.optional(v.pipe(v.array(participantId), v.minLength(1), v.maxLength(20))),
})

/** An app's own message, as the others get it. */
export const dataDown = v.object({ type: v.literal('data'), value: v.unknown() })
