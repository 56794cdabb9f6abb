import { type SourceState, UNPUBLISHED } from '../protocol'
import type { Capture } from './capture'

/** Where one of our own sources stands. */
export type SourcePhase = Off | Publishing | Published

type Off = { readonly at: 'off' }
/** From the wish to the server's yes; nothing is sent yet. */
type Publishing = {
  readonly at: 'publishing'
  readonly muted: boolean
  readonly announced: boolean
  readonly capture: Capture | null
}
/** `capture` is null while the device is let go (a camera that is off) or lost. */
type Published = {
  readonly at: 'published'
  readonly muted: boolean
  readonly interrupted: boolean
  readonly capture: Capture | null
}

export const OFF: Off = { at: 'off' }
export const PUBLISHING: Publishing = { at: 'publishing', muted: false, announced: false, capture: null }

/** What the room is, or should be, told of it. */
export function announced(phase: SourcePhase): SourceState {
  switch (phase.at) {
    case 'off':
      return UNPUBLISHED
    case 'publishing':
      return phase.announced ? { published: true, muted: phase.muted, interrupted: false } : UNPUBLISHED
    case 'published':
      return { published: true, muted: phase.muted, interrupted: phase.interrupted }
  }
}
