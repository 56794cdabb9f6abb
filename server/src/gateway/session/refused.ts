import type { ClientMessage, Rejection, ServerMessage } from '@peerstage/sdk/protocol'

/** What a client hears of a message that was refused before it came to a room; of a heartbeat, nothing. */
export function refused(message: ClientMessage, error: Rejection): ServerMessage | undefined {
  if ('id' in message) return { type: 'reply', re: message.id, ok: false, error }
  if (message.type === 'signal') return { type: 'refused', what: 'signal', to: message.to, error }
  return message.type === 'cast' ? { type: 'refused', what: 'cast', error } : undefined
}
