import { checkDevice, checkScreenOptions, checkSource, checkTarget, checkWishes } from './media/arguments'
import type { LocalMedia } from './media/local-media'
import type { Playback, PlaybackTarget } from './media/playback'
import type { Safely } from './room/verb'

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
   * An element shows one stream: a later call replaces an earlier one. Sets `srcObject`, `playsInline` and, for oneself, `muted`.
   *
   * @throws LiveStreamError `invalid` for what is no media element, or no target
   * @returns what detaches it, and gives `muted` back as it was
   */
  attach(element: HTMLMediaElement, target: PlaybackTarget): () => void
  /** Whether the browser refuses to play sound until a person touches the page. */
  readonly playbackBlocked: boolean
  /** Plays what was refused. Call it in a click, before anything is awaited there. Never rejects. */
  resumePlayback(): Promise<void>
}

export function mediaVerbs(local: LocalMedia, playback: Playback, safely: Safely): MediaVerbs {
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
    get playbackBlocked() {
      return playback.blocked
    },
    resumePlayback: () => playback.resume(),
  }
}
