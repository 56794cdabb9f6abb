import * as v from 'valibot'
import { commandId, participantId } from './ids'
import { SOURCES, type Source, source } from './roles'
import { strict } from './strict'

/** One slot of a participant, as all see it. */
export const sourceState = v.object({
  /** Whether its track is published to the room. */
  published: v.boolean(),
  /** Published, but muted by its owner or by a moderator. */
  muted: v.boolean(),
  /** Published, but lost for now: the device was unplugged, or a phone call took it. */
  interrupted: v.boolean(),
  /** Id of the moderator that muted it, who may have left since. Absent if it is not muted, or if its owner muted it. */
  mutedBy: v.optional(participantId),
})
/** One slot of a participant, as all see it. */
export type SourceState = {
  /** Whether its track is published to the room. */
  published: boolean
  /** Published, but muted by its owner or by a moderator. */
  muted: boolean
  /** Published, but lost for now: the device was unplugged, or a phone call took it. */
  interrupted: boolean
  /** Id of the moderator that muted it, who may have left since. Absent if it is not muted, or if its owner muted it. */
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

/** A slot that publishes nothing. */
export const UNPUBLISHED: SourceState = { published: false, muted: false, interrupted: false }
/** Four slots that publish nothing: the start of every participant. */
export const NO_SOURCES: SourceStates = {
  microphone: UNPUBLISHED,
  camera: UNPUBLISHED,
  screen: UNPUBLISHED,
  screenAudio: UNPUBLISHED,
}

/**
 * The published slots, in the order of a link, including muted and interrupted ones.
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

/** The flags of a slot that change. Others stay as they are, so an update without `muted` undoes no moderator's mute. */
export const sourceChange = strict({
  published: v.optional(v.boolean()),
  muted: v.optional(v.boolean()),
  interrupted: v.optional(v.boolean()),
})
/** The flags of a slot that change; others stay as they are. @useDeclaredType */
export type SourceChange = v.InferOutput<typeof sourceChange>

/** Changes slots of the sender; others stay as they are. Repeating it is harmless. */
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

/** A moderator mutes one source of a participant. There is no command to unmute another participant. */
export const moderationMute = strict({
  type: v.literal('moderation.mute'),
  id: commandId,
  participantId,
  source,
})

/** All slots of a participant after a change; `by` in the record names who made it. */
export const mediaChanged = v.object({
  type: v.literal('media.changed'),
  participantId,
  sources: sourceStates,
})
