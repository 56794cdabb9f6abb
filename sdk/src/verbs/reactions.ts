import * as v from 'valibot'
import { LiveStreamError } from '../errors'
import { cast } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { Slice } from './slice'
import type { VerbPorts } from './verb'

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

type ReactionNamespace = {
  /** Emojis that all see for a moment. */
  readonly reactions: ReactionVerbs
}

export type ReactionEvents = {
  /** A participant, perhaps your own, reacted. */
  reaction: { participant: ParticipantView; emoji: string }
}

type ReactionSlice = { verbs: ReactionNamespace; events: ReactionEvents; casts: 'reaction' }

/** Emojis for the moment. */
export const reactions: Slice<ReactionSlice> = {
  verbs: { reactions: reactionVerbs },
  onCast: { reaction: ({ emoji }, { from, about }) => about(from, 'reaction', { emoji }) },
}

function reactionVerbs({ requests, safely, echo }: VerbPorts): ReactionVerbs {
  return {
    send: (emoji) =>
      safely('reactions.send', async () => {
        const reaction = { type: 'reaction', emoji } as const
        if (!v.is(cast, reaction)) throw new LiveStreamError('invalid', 'A reaction is one emoji.')
        requests().cast(reaction)
        echo(reaction)
      }),
  }
}
