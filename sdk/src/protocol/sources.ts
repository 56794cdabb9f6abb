import * as v from 'valibot'
import { participantId } from './ids'
import { SOURCES, type Source } from './roles'

/** The state of one slot of a participant, as all see it. */
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
/** The state of one slot of a participant, as all see it. */
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

/** The states of the four slots of a participant. */
export const sourceStates = v.object({
  microphone: sourceState,
  camera: sourceState,
  screen: sourceState,
  screenAudio: sourceState,
})
/** The states of the four slots of a participant. */
export type SourceStates = Record<Source, SourceState>

/** The state of a slot that publishes nothing. */
export const UNPUBLISHED: SourceState = { published: false, muted: false, interrupted: false }
/** Four slots that publish nothing: the initial state of every participant. */
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
