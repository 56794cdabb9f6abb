import {
  checkDevice,
  checkMutedForMe,
  checkScreenOptions,
  checkSource,
  checkTarget,
  checkVolume,
  checkWishes,
} from '../media/arguments'
import type { LocalMedia } from '../media/local-media'
import type { Playback, PlaybackTarget, SoundWish } from '../media/playback'
import type { Safely } from './verb'

/** @inline */
type Own = Pick<
  LocalMedia,
  'publish' | 'unpublish' | 'mute' | 'unmute' | 'switchDevice' | 'shareScreen' | 'stopScreen' | 'devices'
>

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
export type MediaVerbs = Own & {
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

export function mediaVerbs(
  local: LocalMedia,
  playback: Playback,
  wish: (participantId: string, wish: SoundWish) => void,
  safely: Safely,
): MediaVerbs {
  return {
    publish: (wishes) =>
      safely('media.publish', async () => {
        checkWishes(wishes)
        await local.publish(wishes)
      }),
    unpublish: (...sources) =>
      safely('media.unpublish', async () => {
        sources.forEach(checkSource)
        await local.unpublish(...sources)
      }),
    mute: (source) =>
      safely('media.mute', async () => {
        checkSource(source)
        await local.mute(source)
      }),
    unmute: (source) =>
      safely('media.unmute', async () => {
        checkSource(source)
        await local.unmute(source)
      }),
    switchDevice: (source, deviceId) =>
      safely('media.switchDevice', async () => {
        checkDevice(source, deviceId)
        await local.switchDevice(source, deviceId)
      }),
    shareScreen: (options = {}) =>
      safely('media.shareScreen', async () => {
        checkScreenOptions(options)
        await local.shareScreen(options)
      }),
    stopScreen: () => safely('media.stopScreen', () => local.stopScreen()),
    devices: () => safely('media.devices', () => local.devices()),
    attach: (element, target) => {
      checkTarget(element, target)
      return playback.attach(element, target)
    },
    setVolume: (participantId, volume) => {
      checkVolume(volume)
      wish(participantId, { volume })
    },
    muteForMe: (participantId, mutedForMe) => {
      checkMutedForMe(mutedForMe)
      wish(participantId, { mutedForMe })
    },
    get playbackBlocked() {
      return playback.blocked
    },
    resumePlayback: () => playback.resume(),
  }
}
