// One command from the call to its reply: its number, its kind, and how it fails.
import { LiveStreamError } from '../errors'
import type { AcceptedReply, Request, WhileOffline } from '../ports/requests'
import type { Command, Reply } from '../protocol'

/** A command from the call to its reply. */
export type QueuedCommand = {
  command: Request
  readonly whileOffline: WhileOffline
  /** It changes nothing, so after a reconnect it may fail like one that was just sent. */
  readonly isQuery: boolean
  /** Several callers, if a later call of the same `latest` key replaced an earlier one. */
  readonly callers: { resolve(reply: AcceptedReply): void; reject(error: LiveStreamError): void }[]
  /** The number under which it was rejected because the room was too busy; it gets another one. */
  rejectedAs?: number
  /** It was sent before, on a connection that broke: the server may have executed it already. */
  maybeDone?: boolean
}

export const numbered = (command: Request, id: number): Command => ({ ...command, id }) as Command

export const sameKey = (a: WhileOffline, b: WhileOffline): boolean =>
  typeof a === 'object' && typeof b === 'object' && a.latest === b.latest

export const isOfConnection = ({ type }: Request): boolean =>
  type === 'session.refresh' || type === 'leave' || type === 'join'

/** Rejects the promises of all its callers. */
export function fail({ callers }: QueuedCommand, error: LiveStreamError): void {
  for (const caller of callers) caller.reject(error)
}

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
