import type { ClientMessage, RoomEvent, ServerMessage } from '@peerstage/sdk/protocol'

/** The connections of one identity, or all. */
export type FaultTarget = {
  /** The `identity` of the token; of who came without a token (dev mode), the name. Default: everybody. */
  readonly identity?: string
}

/** How often a fault happens. */
export type RuleBounds = FaultTarget & {
  /** How often it may happen. Default: until it is lifted. */
  readonly times?: number
  /** How likely it is for each message that fits, from 0 to 1, by the server's `seed`. Default 1. */
  readonly probability?: number
}

/** Which messages of clients a fault happens to. */
export type UpRule = RuleBounds & {
  /** What clients send. */
  readonly direction: 'up'
  /** The type of the message, like `chat.send`. Default: any. */
  readonly type?: ClientMessage['type']
  /** Asked for each message that fits otherwise. */
  readonly when?: (message: ClientMessage) => boolean
}

/** Which messages of the server a fault happens to. */
export type DownRule = RuleBounds & {
  /** What the server sends. */
  readonly direction: 'down'
  /** The type of the message, like `reply`; or of the event that it brings, like `chat.sent`. Default: any. */
  readonly type?: ServerMessage['type'] | RoomEvent['type']
  /** Asked for each message that fits otherwise. */
  readonly when?: (message: ServerMessage) => boolean
}

/** Which messages a fault happens to. */
export type MessageRule = UpRule | DownRule

/** One message on its way. */
export type MessageInTransit =
  | { readonly direction: 'up'; readonly identity: string | undefined; readonly message: ClientMessage }
  | { readonly direction: 'down'; readonly identity: string | undefined; readonly message: ServerMessage }

/** Whether a rule is meant for a message; its bounds are not asked. */
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
