import type { Source } from '../protocol'

/** Which of a participant's two streams: `talk` is microphone and camera, `screen` is screen and its sound. */
export type StreamKind = 'talk' | 'screen'

export const kindOf = (source: Source): StreamKind =>
  source === 'microphone' || source === 'camera' ? 'talk' : 'screen'

/** A track for each of the four slots, or none. */
export type Tracks = Readonly<Record<Source, MediaStreamTrack | null>>
