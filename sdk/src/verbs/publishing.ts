import { checkDevice, checkPublishOptions, checkScreenOptions, checkSource } from '../media/arguments'
import type { DeviceSource } from '../media/constraints'
import type { PublishOptions } from '../media/device-requests'
import type { LocalMedia } from '../media/local-media'
import type { ShareScreenOptions } from '../media/screen-share'
import type { Source } from '../protocol'
import type { Safely } from './verb'

/** What you publish, and your devices: a part of `client.media`. */
export type PublishingVerbs = {
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
