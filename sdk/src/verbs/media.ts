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
 * One's own media, and the playing of the others'.
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
   * What is out of the page for a while plays again when it is back; what the app paused stays paused.
   *
   * @throws LiveStreamError `invalid` for what is no media element, or no target
   * @returns what detaches it, and gives back what was changed of `muted` and `volume`, unless the app has changed it since
   */
  attach(element: HTMLMediaElement, target: PlaybackTarget): () => void
  /**
   * How loud a participant is here, in all elements that play it, now and later: from 0 to 1. Others hear no difference. It is
   * kept for as long as the participant is in the room, over reloads and reconnects of its page, and shown as `volume` of its
   * view. Without it elements are as loud as the app has set them. iOS knows no volume of an element: there `muteForMe` works.
   *
   * @throws LiveStreamError at once: `invalid`, or `peer_not_found`
   */
  setVolume(participantId: string, volume: number): void
  /**
   * Whether a participant is silent here: its sound goes on for all others, and it is not told. Kept and shown as `setVolume`
   * does, as `mutedForMe`. `false` leaves elements silent that the app itself has muted.
   *
   * @throws LiveStreamError at once: `invalid`, or `peer_not_found`
   */
  muteForMe(participantId: string, muted: boolean): void
  /** Whether the browser refuses to play sound until a person touches the page. */
  readonly playbackBlocked: boolean
  /**
   * Plays what was refused. Call it in a click, before anything is awaited there. Never rejects. What is muted by `muteForMe`,
   * or was by the app when it was attached, stays silent.
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
