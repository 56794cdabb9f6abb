import * as v from 'valibot'
import { commandId, participantId } from './ids'
import { SOURCES, type Source, source } from './roles'
import { strict } from './strict'

/** One slot of a participant, as all see it. */
export const sourceState = v.object({
  /** Whether its track is offered to the room. */
  published: v.boolean(),
  /** Published, and silent or black by choice (of its owner or of a moderator). */
  muted: v.boolean(),
  /** Published, and lost for now: the device went away, or a phone call took it. */
  interrupted: v.boolean(),
  /** Id of the moderator that muted it, who may have left since. Absent where it is not muted, and where its owner muted it. */
  mutedBy: v.optional(participantId),
})
/** One slot of a participant, as all see it. */
export type SourceState = {
  /** Whether its track is offered to the room. */
  published: boolean
  /** Published, and silent or black by choice (of its owner or of a moderator). */
  muted: boolean
  /** Published, and lost for now: the device went away, or a phone call took it. */
  interrupted: boolean
  /** Id of the moderator that muted it, who may have left since. Absent where it is not muted, and where its owner muted it. */
  mutedBy?: string | undefined
}

/** The four slots of a participant. */
export const sourceStates = v.object({
  microphone: sourceState,
  camera: sourceState,
  screen: sourceState,
  screenAudio: sourceState,
})
/** The four slots of a participant. */
export type SourceStates = Record<Source, SourceState>

/** A slot that offers nothing. */
export const UNPUBLISHED: SourceState = { published: false, muted: false, interrupted: false }
/** Four slots that offer nothing: where everybody starts. */
export const NO_SOURCES: SourceStates = {
  microphone: UNPUBLISHED,
  camera: UNPUBLISHED,
  screen: UNPUBLISHED,
  screenAudio: UNPUBLISHED,
}

/**
 * The slots that offer a track, in the order of a link; muted and interrupted ones too.
 *
 * @example
 * ```ts
 * import { NO_SOURCES, publishedSources, UNPUBLISHED } from '@peerstage/sdk/protocol'
 *
 * const camera = { ...UNPUBLISHED, published: true }
 * publishedSources({ ...NO_SOURCES, camera }) // ['camera']
 * ```
 */
export const publishedSources = (of: SourceStates): Source[] => SOURCES.filter((name) => of[name].published)

/** What changes in a slot. What is left out stays as it is: who says nothing of `muted` undoes no moderator's mute. */
export const sourceChange = strict({
  published: v.optional(v.boolean()),
  muted: v.optional(v.boolean()),
  interrupted: v.optional(v.boolean()),
})
/** What changes in a slot; what is left out stays as it is. @useDeclaredType */
export type SourceChange = v.InferOutput<typeof sourceChange>

/** Says what changes in what the sender publishes; slots left out stay as they are. A repeat is harmless. */
export const mediaUpdate = strict({
  type: v.literal('media.update'),
  id: commandId,
  /** The slots that change. */
  sources: strict({
    microphone: v.optional(sourceChange),
    camera: v.optional(sourceChange),
    screen: v.optional(sourceChange),
    screenAudio: v.optional(sourceChange),
  }),
})

/** A moderator silences one source of a participant. There is no command to unmute somebody else. */
export const moderationMute = strict({
  type: v.literal('moderation.mute'),
  id: commandId,
  participantId,
  source,
})

/** The whole of a participant's slots after a change; `by` in the record tells who made it. */
export const mediaChanged = v.object({
  type: v.literal('media.changed'),
  participantId,
  sources: sourceStates,
})
