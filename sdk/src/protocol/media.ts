import * as v from 'valibot'
import type { Folds } from './fold'
import { commandId, participantId } from './ids'
import { type ParticipantsPart, withParticipant } from './participants'
import { source } from './roles'
import { sourceStates } from './sources'
import { strict } from './strict'

/** The flags of a slot that change. The others stay, so an update without `muted` does not undo a moderator's mute. */
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

/** All slots of a participant after a change. `by` of the record is the participant that made it. */
export const mediaChanged = v.object({
  type: v.literal('media.changed'),
  participantId,
  sources: sourceStates,
})

/** The commands of this feature. */
export const mediaCommands = [mediaUpdate, moderationMute] as const

/** The media of a room. It has no part of `Room`: the sources are stored with their participant. */
export const mediaSlice = {
  part: {},
  start: {},
  events: [mediaChanged],
  folds: {
    'media.changed': ({ participants }, { participantId, sources }) => ({
      participants: withParticipant(participants, participantId, { sources }),
    }),
  } satisfies Folds<ParticipantsPart, v.InferOutput<typeof mediaChanged>>,
} as const
