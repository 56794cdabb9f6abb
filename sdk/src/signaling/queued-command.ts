import type { LiveStreamError } from '../errors'
import type { Accepted, Request, WhileOffline } from '../ports/requests'
import type { Command } from '../protocol'

/** A command from the call to its reply. */
export type QueuedCommand = {
  command: Request
  readonly whileOffline: WhileOffline
  /** Several callers, if a later call of the same `latest` key replaced an earlier one. */
  readonly callers: { resolve(reply: Accepted): void; reject(error: LiveStreamError): void }[]
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

/** A query changes nothing, so it may fail like one that was just sent. */
export const isQuery = ({ type }: Request): boolean => type === 'chat.history' || type === 'moderation.bans'

/** Rejects the promises of all its callers. */
export function fail({ callers }: QueuedCommand, error: LiveStreamError): void {
  for (const caller of callers) caller.reject(error)
}
