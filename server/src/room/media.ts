import type { Participant, Source, SourceChange, SourceState, SourceStates } from '@peerstage/sdk/protocol'
import { SOURCES, UNPUBLISHED } from '@peerstage/sdk/protocol'
import type { Accepted, Decision } from './command'
import type { AskingOf, Handlers } from './handler'
import { reasonAgainstTarget } from './rank'
import type { Slice } from './slice'
import { rejected } from './state'

const handlers: Handlers<'media.update' | 'moderation.mute'> = {
  'media.update': {
    // A participant that may not publish may still stop publishing.
    needs: ({ command }) => (Object.values(command.sources).some((source) => source?.published) ? 'publish' : null),
    decide: updateMedia,
  },
  'moderation.mute': { needs: 'mute', reasonAgainst: reasonAgainstTarget, decide: mute },
}

/** What participants publish. */
export const mediaSlice = { handlers } satisfies Slice

/** Changes what a participant publishes. Fields that are left out do not change; a repeat changes nothing. */
function updateMedia({ state: { room }, command: { sources }, actor }: AskingOf<'media.update'>): Decision {
  const asked = SOURCES.filter((source) => sources[source]?.published)
  if (asked.some((source) => !room.mode.sources.includes(source)))
    return rejected('source_not_allowed', `This room takes ${room.mode.sources.join(', ')}.`)
  const next = { ...actor.sources }
  for (const source of SOURCES) next[source] = after(actor.sources[source], sources[source] ?? {})
  return changed(actor, next, actor.id)
}

/** A moderator mutes a source. A source that is not published, or is muted already, does not change. */
function mute({ target, command: { source }, actor: { id: by } }: AskingOf<'moderation.mute'>): Accepted {
  const state = target.sources[source]
  if (!state.published || state.muted) return { ok: true, events: [] }
  return changed(target, { ...target.sources, [source]: { ...state, muted: true, mutedBy: by } }, by)
}

/**
 * A slot after a change by its owner. A source that is not published is neither muted nor interrupted. A mute by a moderator stays
 * marked as such until the owner unmutes: `muted: true` from the owner does not change who muted it.
 */
function after(now: SourceState, change: SourceChange): SourceState {
  const { published = now.published, muted = now.muted, interrupted = now.interrupted } = change
  if (!published) return UNPUBLISHED
  const { mutedBy } = now
  return { published, muted, interrupted, ...(muted && mutedBy !== undefined ? { mutedBy } : {}) }
}

function changed(participant: Participant, sources: SourceStates, by: string): Accepted {
  if (SOURCES.every((source) => isSame(participant.sources, sources, source))) return { ok: true, events: [] }
  return { ok: true, events: [{ event: { type: 'media.changed', participantId: participant.id, sources }, by }] }
}

function isSame(a: SourceStates, b: SourceStates, source: Source): boolean {
  const [before, after] = [a[source], b[source]]
  return (
    before.published === after.published && before.muted === after.muted && before.interrupted === after.interrupted
  )
}
