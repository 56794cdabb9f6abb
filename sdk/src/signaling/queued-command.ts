import type { LiveStreamError } from '../errors'
import type { Accepted, Request, WhileOffline } from '../ports/requests'
import type { Command } from '../protocol'

/** A command from the call to its reply. */
export type QueuedCommand = {
  command: Request
  readonly whileOffline: WhileOffline
  /** Several callers, when a later call of the same `latest` key took the place of an earlier one. */
  readonly callers: { resolve(reply: Accepted): void; reject(error: LiveStreamError): void }[]
  /** The number it was rejected under because the room was too busy; it waits for another. */
  rejectedAs?: number
  /** It has left before, on a connection that broke: the server may have done it already. */
  maybeDone?: boolean
}

export const numbered = (command: Request, id: number): Command => ({ ...command, id }) as Command

export const sameKey = (a: WhileOffline, b: WhileOffline): boolean =>
  typeof a === 'object' && typeof b === 'object' && a.latest === b.latest

export const isOfConnection = ({ type }: Request): boolean =>
  type === 'session.refresh' || type === 'leave' || type === 'join'

/** It changes nothing, so it may fail like one that has just left. */
export const isQuery = ({ type }: Request): boolean => type === 'chat.history' || type === 'moderation.bans'

/** All that called for it hear of the failure. */
export function fail({ callers }: QueuedCommand, error: LiveStreamError): void {
  for (const caller of callers) caller.reject(error)
}
