import { LiveStreamError } from '../errors'
import type { Reply } from '../protocol'

/** A reply that rejects a command. */
export type ErrorReply = Extract<Reply, { ok: false }>

/** The server rejected it before it checked whether it had executed it already. */
export const isUndecided = ({ code }: ErrorReply['error']): boolean => code === 'rate_limited' || code === 'unavailable'

export const offline = () =>
  new LiveStreamError('unavailable', 'The connection to the server is down.', { retryable: true })

export const outcomeUnknown = () =>
  new LiveStreamError(
    'unavailable',
    'The room was opened anew before the server answered; it may or may not have taken effect.',
    {
      retryable: true,
    },
  )

export function commandErrorOf(error: ErrorReply['error']): LiveStreamError {
  const { code, message, retryable, retryAfterMs } = error
  return new LiveStreamError(code, message, { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
}
