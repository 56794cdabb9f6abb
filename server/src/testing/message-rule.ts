import type { ClientMessage, RoomEvent, ServerMessage } from '@peerstage/sdk/protocol'

/** The connections of one identity, or all. */
export type FaultTarget = {
  /** The `identity` of the token; of a client without a token (dev mode), its name. Default: all clients. */
  readonly identity?: string
}

/** How often a fault happens. */
export type RuleBounds = FaultTarget & {
  /** How often it may happen. Default: until it is lifted. */
  readonly times?: number
  /** The probability for each matching message, from 0 to 1. Random numbers depend on the server's `seed`. Default 1. */
  readonly probability?: number
}

/** Selects messages of clients. */
export type UpRule = RuleBounds & {
  /** Messages from clients. */
  readonly direction: 'up'
  /** The type of the message, like `chat.send`. Default: any. */
  readonly type?: ClientMessage['type']
  /** A further condition for messages that match the rest of the rule. */
  readonly when?: (message: ClientMessage) => boolean
}

/** Selects messages of the server. */
export type DownRule = RuleBounds & {
  /** Messages from the server. */
  readonly direction: 'down'
  /** The type of the message, like `reply`, or of the event in it, like `chat.sent`. Default: any. */
  readonly type?: ServerMessage['type'] | RoomEvent['type']
  /** A further condition for messages that match the rest of the rule. */
  readonly when?: (message: ServerMessage) => boolean
}

/** Selects the messages of a fault. */
export type MessageRule = UpRule | DownRule

/** A message that is being relayed. */
export type MessageInTransit =
  | { readonly direction: 'up'; readonly identity: string | undefined; readonly message: ClientMessage }
  | { readonly direction: 'down'; readonly identity: string | undefined; readonly message: ServerMessage }

/** Whether a rule matches a message, apart from its bounds. */
export function fits(rule: MessageRule, inTransit: MessageInTransit): boolean {
  if (rule.identity !== undefined && rule.identity !== inTransit.identity) return false
  if (rule.direction === 'up' && inTransit.direction === 'up') {
    return isOf(rule.type, inTransit.message.type) && (rule.when?.(inTransit.message) ?? true)
  }
  if (rule.direction === 'down' && inTransit.direction === 'down') {
    const { message } = inTransit
    const inner = message.type === 'event' ? message.logged.event.type : message.type
    return (isOf(rule.type, message.type) || rule.type === inner) && (rule.when?.(message) ?? true)
  }
  return false
}

const isOf = (asked: string | undefined, type: string) => asked === undefined || asked === type
