import { SOURCES, type Source } from '../protocol'

/** Which of a participant's two streams: `talk` is microphone and camera, `screen` is screen and its sound. */
export type StreamKind = 'talk' | 'screen'

/**
 * The state of the link to a participant. `unwell`: it is connected, but nothing arrives, and other paths are looked for.
 * `recovering`: it was lost or could not connect, and is made again by itself.
 */
export type LinkState = 'connecting' | 'connected' | 'unwell' | 'recovering'

/** A track for each of the four slots; null is an empty slot. */
export type SlotTracks = Readonly<Record<Source, MediaStreamTrack | null>>

/** A value for each of the four slots. */
export const perSource = <T>(of: (source: Source) => T): Record<Source, T> =>
  Object.fromEntries(SOURCES.map((source) => [source, of(source)])) as Record<Source, T>

/** How a participant is played here. The room does not know it. */
export type SoundOptions = {
  /** 0 to 1. Undefined: as the element has it. */
  readonly volume?: number
  readonly mutedForMe?: boolean
}

/** What the client knows of a participant beside the room's events: its media as it arrives, and the link to it. */
export type MediaView = {
  tracksOf(participantId: string): Readonly<Partial<Record<Source, MediaStreamTrack>>>
  streamsOf(participantId: string): Readonly<Partial<Record<StreamKind, MediaStream>>>
  linkOf(participantId: string): LinkState | null
  soundOf(participantId: string): SoundOptions
}
