import type { LiveStreamError } from '../errors'
import {
  checkDevice,
  checkMutedForMe,
  checkPublishOptions,
  checkScreenOptions,
  checkSource,
  checkTarget,
  checkVolume,
} from '../media/arguments'
import type { DeviceSource } from '../media/constraints'
import type { PublishOptions } from '../media/device-requests'
import type { LocalMedia } from '../media/local-media'
import type { PlaybackTarget } from '../media/playback'
import type { ShareScreenOptions } from '../media/screen-share'
import { participantOf, SOURCES, type Source, type SourceState } from '../protocol'
import type { LinkState, ParticipantView, StreamKind } from '../state/state'
import type { Slice } from './slice'
import type { Safely, VerbPorts } from './verb'

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
export type MediaVerbs = {
  /**
   * Captures and publishes. Resolves when the room knows and media flows.
   *
   * Both asked for together show one prompt. What can be published is: with a microphone but no camera, the microphone is
   * live and the promise rejects with the camera's error. When both fail, the error tells of both, with the camera's code;
   * `errors` has each. A refused prompt counts for both. Publishing again with `true` changes nothing (a muted source stays muted); with constraints or a track it puts
   * the new capture in the old one's place; where two cameras cannot be open at once, the old one goes first, and comes back if the new
   * one fails. What failed is not remembered: `true` asks as the last capture that succeeded.
   *
   * Defaults: microphone with echo cancellation, noise suppression and gain control; camera 640×360 at 24 frames per second.
   *
   * @example
   * ```ts
   * await client.media.publish({ microphone: true, camera: { width: { ideal: 1280 } } })
   * ```
   *
   * @throws LiveStreamError `not_joined`, `forbidden` (the role may not publish), `source_not_allowed` (the room's mode),
   * `permission_denied`, `no_device`, `device_in_use`, `unsatisfied_constraints`, `insecure_context`, `not_supported`,
   * `aborted` (unpublished, replaced by a later publish, or left meanwhile), or the common errors: see {@link ErrorCode}
   */
  publish(options: PublishOptions): Promise<void>
  /**
   * Stops sending and lets the devices go at once (a picture after 200 ms of black), then tells the room. Without
   * arguments: everything. Harmless for what is not published.
   *
   * @throws LiveStreamError the common errors, when the room could not be told; nothing is sent all the same
   */
  unpublish(...sources: Source[]): Promise<void>
  /**
   * Sends nothing from this moment on, then tells the room. The microphone stays open, so that unmuting is instant; the
   * camera is let go after 200 ms of black, so that its light goes out. Harmless for what is muted or not published.
   *
   * @throws LiveStreamError the common errors, when the room could not be told; nothing is sent all the same
   */
  mute(source: Source): Promise<void>
  /**
   * Sends again. A camera that was off is opened anew, the same one if it is still there.
   *
   * @throws LiveStreamError `invalid` (not published), `aborted` (muted or unpublished meanwhile), a device's error as in
   * `publish`, or the common errors: then it is muted again
   */
  unmute(source: Source): Promise<void>
  /**
   * Goes on with another device; the old one stays if that fails. Not published, or the camera off: it is taken next time.
   *
   * @param deviceId of `devices()`
   * @throws LiveStreamError a device's error as in `publish`, `aborted`, or the common errors
   */
  switchDevice(source: DeviceSource, deviceId: string): Promise<void>
  /**
   * Lets the user pick a screen, window or tab and shares it, with sound where the browser offers it. Call it in a click.
   * Ends by `stopScreen()` or by the browser's own button. While sharing, what is picked takes the old one's place.
   *
   * @throws LiveStreamError `cancelled` (nothing picked), `aborted`, or as `publish`
   */
  shareScreen(options?: ShareScreenOptions): Promise<void>
  /** As `unpublish('screen', 'screenAudio')`, errors included. */
  stopScreen(): Promise<void>
  /**
   * Cameras, microphones and speakers. Empty until a capture was allowed, for then only do browsers tell them apart.
   *
   * @throws LiveStreamError `insecure_context`, `not_supported`
   */
  devices(): Promise<readonly MediaDeviceInfo[]>
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

/** Media, one's own and the others'. Its part of the state is in each participant: see `state/participant-view.ts`. */
export const media: Slice<MediaSlice> = {
  verbs: { media: mediaVerbs },
  onLogged: {
    // Publishing and its end are told by `trackAdded` and `trackRemoved`, when there is something to show.
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
    ...ownMediaVerbs(local, safely),
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

function ownMediaVerbs(local: LocalMedia, safely: Safely) {
  const verb =
    <A extends unknown[], R>(name: string, check: (...args: A) => void, act: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      safely(`media.${name}`, async () => {
        check(...args)
        return act(...args)
      })
  const checkSources = (...sources: Source[]) => sources.forEach(checkSource)
  return {
    publish: verb('publish', checkPublishOptions, (options: PublishOptions) => local.publish(options)),
    unpublish: verb('unpublish', checkSources, (...sources) => local.unpublish(...sources)),
    mute: verb('mute', checkSource, (source: Source) => local.mute(source)),
    unmute: verb('unmute', checkSource, (source: Source) => local.unmute(source)),
    switchDevice: verb('switchDevice', checkDevice, (source: DeviceSource, deviceId: string) =>
      local.switchDevice(source, deviceId),
    ),
    shareScreen: verb('shareScreen', checkScreenOptions, (options?: ShareScreenOptions) => local.shareScreen(options)),
    stopScreen: verb(
      'stopScreen',
      () => {},
      () => local.stopScreen(),
    ),
    devices: verb(
      'devices',
      () => {},
      () => local.devices(),
    ),
  }
}
