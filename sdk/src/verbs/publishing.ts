import { checkDevice, checkPublishOptions, checkScreenOptions, checkSource } from '../media/arguments'
import type { DeviceSource } from '../media/constraints'
import type { PublishOptions } from '../media/devices'
import type { LocalMedia } from '../media/local-media'
import type { ShareScreenOptions } from '../media/screen-share'
import type { Source } from '../protocol'
import type { Safely } from './verb'

/** What you publish, and your devices: a part of `client.media`. */
export type PublishingVerbs = {
  /**
   * Captures and publishes. Resolves when the room has accepted and media is sent.
   *
   * Both in one call show one prompt. If one of the two fails, the other one is still published: with a microphone but no camera,
   * the microphone is live and the promise rejects with the camera's error. If both fail, the error has the camera's code, and
   * `errors` contains both. A refused prompt counts for both. Publishing again with `true` changes nothing (a muted source stays muted);
   * with constraints or a track it replaces the capture. If two cameras cannot be open at once, the old one is closed first, and
   * opened again if the new one fails. Options that failed are not remembered: `true` repeats the last capture that succeeded.
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
   * Stops sending and closes the devices at once (a camera after 200 ms of black), then tells the room. Without
   * arguments: all sources. Harmless for a source that is not published.
   *
   * @throws LiveStreamError the common errors, when the room could not be told; nothing is sent all the same
   */
  unpublish(...sources: Source[]): Promise<void>
  /**
   * Stops sending at once, then tells the room. The microphone stays open, so that unmuting is instant; the camera is closed
   * after 200 ms of black, so that its light is off. Harmless for a source that is muted or not published.
   *
   * @throws LiveStreamError the common errors, when the room could not be told; nothing is sent all the same
   */
  mute(source: Source): Promise<void>
  /**
   * Sends again. A muted camera is opened again, the same one if it is still there.
   *
   * @throws LiveStreamError `invalid` (not published), `aborted` (muted or unpublished meanwhile), a device's error as in
   * `publish`, or the common errors: then it is muted again
   */
  unmute(source: Source): Promise<void>
  /**
   * Switches to another device; the old one stays if that fails. If the source is not published, or the camera is muted, the device
   * is used the next time.
   *
   * @param deviceId of `devices()`
   * @throws LiveStreamError a device's error as in `publish`, `aborted`, or the common errors
   */
  switchDevice(source: DeviceSource, deviceId: string): Promise<void>
  /**
   * Lets the user pick a screen, window or tab and shares it, with sound where the browser offers it. Call it in a click.
   * Ends by `stopScreen()` or by the browser's own button. While sharing, a new pick replaces the old one.
   *
   * @throws LiveStreamError `cancelled` (nothing picked), `aborted`, or as `publish`
   */
  shareScreen(options?: ShareScreenOptions): Promise<void>
  /** As `unpublish('screen', 'screenAudio')`, errors included. */
  stopScreen(): Promise<void>
  /**
   * Cameras, microphones and speakers. Empty until a capture was allowed, as browsers hide them before.
   *
   * @throws LiveStreamError `insecure_context`, `not_supported`
   */
  devices(): Promise<readonly MediaDeviceInfo[]>
}

export function publishingVerbs(local: LocalMedia, safely: Safely): PublishingVerbs {
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
