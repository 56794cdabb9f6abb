import * as v from 'valibot'
import { LiveStreamError } from '../errors'
import { cast } from '../protocol'
import type { VerbPort } from './verb'

/**
 * Emojis that all see for a moment.
 *
 * @example
 * ```ts
 * client.on('reaction', ({ participant, emoji }) => show(`${participant.name} ${emoji}`))
 * await client.reactions.send('👏')
 * ```
 */
export type ReactionVerbs = {
  /**
   * Shows an emoji to all for a moment; the sender gets the `reaction` event too. Rejected while disconnected.
   * @throws LiveStreamError `invalid` (not an emoji), `unavailable` (disconnected), `rate_limited`, `not_joined`
   */
  send(emoji: string): Promise<void>
}

/** @param echo the server sends a cast to the others only */
export function reactionVerbs({ requests, safely }: VerbPort, echo: (emoji: string) => void): ReactionVerbs {
  return {
    send: (emoji) =>
      safely('reactions.send', async () => {
        if (!v.is(cast, { type: 'reaction', emoji })) throw new LiveStreamError('invalid', 'A reaction is one emoji.')
        requests().cast({ type: 'reaction', emoji })
        echo(emoji)
      }),
  }
}
