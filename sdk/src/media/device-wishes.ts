import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { givenCapture } from './capture'
import { type DeviceSource, isDevice } from './constraints'
import type { DeviceAccess } from './device-access'
import { type Acquire, DeviceCaptures } from './device-captures'
import { type DeviceAsk, DeviceChoice } from './device-choice'
import { noDevice } from './device-errors'

/**
 * `true`: the device used last, or the default one; `false`: as left out. Constraints go over the defaults. A track stays yours: it is
 * never stopped, and one that you switched off (`enabled` is false) is published muted.
 */
export type PublishWish = boolean | MediaTrackConstraints | MediaStreamTrack
/** What is to be published, and from where. What is left out stays as it is. */
export type PublishWishes = {
  /** Sound. Constraints go over echo cancellation, noise suppression and gain control. */
  microphone?: PublishWish
  /** Picture. Constraints go over 640×360 at 24 frames per second. */
  camera?: PublishWish
  /**
   * Published without sending anything until `unmute`: all of this call, or those in the list. A microphone is opened, so that unmuting
   * is instant; a camera is not, so that neither a prompt nor its light comes before `unmute`. Mutes what is live already; what is
   * muted already stays so either way. Default: false.
   */
  muted?: boolean | readonly DeviceSource[]
}

/** Turns what was wished for into ways to capture it, and remembers which device that came to. */
export class DeviceWishes {
  readonly #captures: DeviceCaptures
  readonly #choices = { microphone: new DeviceChoice('microphone'), camera: new DeviceChoice('camera') }

  constructor(access: DeviceAccess) {
    this.#captures = new DeviceCaptures(access)
  }

  /** For wishes of one call; devices are opened together. */
  open({ microphone, camera }: Pick<PublishWishes, DeviceSource>): Partial<Record<DeviceSource, Acquire>> {
    const asks: Partial<Record<DeviceSource, DeviceAsk>> = {}
    if (microphone && !isTrack(microphone)) asks.microphone = this.#asked('microphone', microphone)
    if (camera && !isTrack(camera)) asks.camera = this.#asked('camera', camera)
    const opened = this.#open(asks)
    const acquire = (source: DeviceSource, wish: PublishWish) =>
      isTrack(wish) ? async () => givenCapture(source, wish) : opened[source]
    return {
      ...(microphone && { microphone: acquire('microphone', microphone) }),
      ...(camera && { camera: acquire('camera', camera) }),
    }
  }

  /** The device used last, or the one prepared for this time. */
  reopen(source: Source): Acquire {
    if (!isDevice(source)) return () => Promise.reject(noDevice(source))
    return this.#open({ [source]: this.#choices[source].ask() })[source]
  }

  /** The device used last. */
  again(source: DeviceSource): Acquire {
    return this.#open({ [source]: this.#choices[source].again() })[source]
  }

  /** This device or none. */
  exactly(source: DeviceSource, deviceId: string): Acquire {
    return this.#open({ [source]: this.#choices[source].exactly(deviceId) })[source]
  }

  /** Constraints for next time. */
  prepare(source: DeviceSource, constraints: MediaTrackConstraints): void {
    this.#choices[source].prepare(constraints)
  }

  /** The device to be opened next time. */
  prefer(source: DeviceSource, deviceId: string): void {
    this.#choices[source].prefer(deviceId)
  }

  #asked(source: DeviceSource, wish: true | MediaTrackConstraints): DeviceAsk {
    return this.#choices[source].ask(wish === true ? undefined : wish)
  }

  #open(asks: Partial<Record<DeviceSource, DeviceAsk>>): Record<DeviceSource, Acquire> {
    const { microphone, camera } = asks
    const opened = this.#captures.open({
      ...(microphone && { microphone: microphone.constraints }),
      ...(camera && { camera: camera.constraints }),
    })
    return { microphone: remembering(microphone, opened.microphone), camera: remembering(camera, opened.camera) }
  }
}

/** What an ask came to is remembered, unless no call wants it any more. */
function remembering(ask: DeviceAsk | undefined, acquire: Acquire): Acquire {
  return async (wish) => {
    try {
      const capture = await acquire(wish)
      if (!wish.aborted) ask?.succeeded(capture.deviceId)
      return capture
    } catch (error) {
      if (error instanceof LiveStreamError) ask?.failed(error)
      throw error
    }
  }
}

export const isTrack = (wish: boolean | object): wish is MediaStreamTrack =>
  typeof wish === 'object' && 'kind' in wish && 'readyState' in wish
