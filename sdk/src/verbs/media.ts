import type { LiveStreamError } from '../errors'
import { checkMutedForMe, checkTarget, checkVolume } from '../media/arguments'
import type { PlaybackTarget } from '../media/playback'
import type { LinkState, StreamKind } from '../ports/participant-media'
import { participantOf, SOURCES, type Source, type SourceState } from '../protocol'
import type { ParticipantView } from '../state/state'
import { type PublishingVerbs, publishingVerbs } from './publishing'
import type { Slice } from './slice'
import type { VerbPorts } from './verb'

/**
 * Your own media, and playing the media of others.
 *
 * @example
 * ```ts
 * client.media.attach(video, { participantId, kind: 'talk' })
 * await client.media.publish({ camera: true, microphone: true })
 * await client.media.mute('microphone')
 * ```
 */
export type MediaVerbs = PublishingVerbs & {
  /**
   * Plays a participant's stream in an element, now or as soon as there is one, and for as long as the participant is there.
   * An element shows one stream: a later call replaces an earlier one. Sets `srcObject`, `playsInline` and, for your own, `muted`.
   * An element that leaves the document and returns plays again; one that the app paused stays paused.
   *
   * @throws LiveStreamError `invalid` if the element is not a media element, or the target is wrong
   * @returns a function that detaches it and restores `muted` and `volume`, unless the app has changed them since
   */
  attach(element: HTMLMediaElement, target: PlaybackTarget): () => void
  /**
   * Sets the volume of a participant here, from 0 to 1, in all elements that play it, now and later. Others hear no difference. It is
   * kept while the participant is in the room, across reloads and reconnects of its page, and is the `volume` of its
   * view. Without it the app's own volume of the elements applies. On iOS elements have no volume: use `muteForMe`.
   *
   * @throws LiveStreamError at once: `invalid`, or `peer_not_found`
   */
  setVolume(participantId: string, volume: number): void
  /**
   * Mutes a participant here only: the others still hear it, and it is not told. Kept like `setVolume`, and shown
   * as `mutedForMe`. `false` does not unmute elements that the app itself has muted.
   *
   * @throws LiveStreamError at once: `invalid`, or `peer_not_found`
   */
  muteForMe(participantId: string, muted: boolean): void
  /** Whether the browser plays no sound until a person touches the page. */
  readonly playbackBlocked: boolean
  /**
   * Plays the blocked sound. Call it in a click handler, before any `await`. Never rejects. Participants muted by `muteForMe`,
   * and elements that the app had muted before `attach`, stay silent.
   */
  resumePlayback(): Promise<void>
}

type MediaNamespace = {
  /** Your own camera, microphone and screen, and playing the media of others. */
  readonly media: MediaVerbs
}

export type MediaEvents = {
  /** Media of a participant can be shown. `stream` is the participant's stream of that kind. */
  trackAdded: {
    participant: ParticipantView
    source: Source
    track: MediaStreamTrack
    stream: MediaStream
    kind: StreamKind
  }
  /** Media of a participant ended: it was unpublished, or its owner may no longer publish, or is gone. */
  trackRemoved: { participant: ParticipantView; source: Source; kind: StreamKind }
  /** A published source was muted, unmuted or interrupted. `by` is the moderator's id if a moderator did it. */
  sourceChanged: { participant: ParticipantView; source: Source; state: SourceState; by: string | null }
  /** The state of the link to a participant changed. `error` says why it is `recovering`. */
  linkChanged: { participant: ParticipantView; link: LinkState; error?: LiveStreamError }
  /** The browser plays no sound until the user touches the page: call `media.resumePlayback()` in a click. */
  playbackBlocked: { blocked: boolean }
  /** Cameras, microphones or speakers were added or removed. */
  devicesChanged: { devices: readonly MediaDeviceInfo[] }
  /** A device in use was lost (`interrupted`), or a capture failed. */
  mediaError: { source: Source; error: LiveStreamError }
}

type MediaSlice = { verbs: MediaNamespace; events: MediaEvents; logged: 'media.changed' }

/** The media of all participants. Its part of the state is in each participant: see `state/state-builder.ts`. */
export const media: Slice<MediaSlice> = {
  verbs: { media: mediaVerbs },
  onLogged: {
    // Publishing and unpublishing are shown by `trackAdded` and `trackRemoved`, when the media is there.
    'media.changed': ({ participantId, sources }, { before, by: author, about }) => {
      const known = participantOf(before, participantId)?.sources
      const by = author === participantId ? null : author
      return SOURCES.flatMap((source) => {
        const [was, state] = [known?.[source], sources[source]]
        if (!was?.published || !state.published) return []
        if (was.muted === state.muted && was.interrupted === state.interrupted) return []
        return about(participantId, 'sourceChanged', { source, state, by })
      })
    },
  },
}

function mediaVerbs({ media: { local, playback, setSound }, safely }: VerbPorts): MediaVerbs {
  return {
    ...publishingVerbs(local, safely),
    attach: (element, target) => {
      checkTarget(element, target)
      return playback.attach(element, target)
    },
    setVolume: (participantId, volume) => {
      checkVolume(volume)
      setSound(participantId, { volume })
    },
    muteForMe: (participantId, mutedForMe) => {
      checkMutedForMe(mutedForMe)
      setSound(participantId, { mutedForMe })
    },
    get playbackBlocked() {
      return playback.blocked
    },
    resumePlayback: () => playback.resume(),
  }
}
