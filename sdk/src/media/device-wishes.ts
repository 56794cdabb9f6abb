import type { Source } from '../protocol'
import { givenCapture } from './capture'
import type { DeviceSource } from './constraints'
import { type Acquire, DeviceCaptures, type DevicePorts, type DeviceRequests } from './device-captures'
import { DeviceChoice } from './device-choice'
import { noDevice } from './device-errors'

/** `true`: the device used last, or the default one. Constraints go over the defaults. A track stays yours: it is never stopped. */
export type PublishWish = true | MediaTrackConstraints | MediaStreamTrack
/** What is to be published, and from where. What is left out stays as it is. */
export type PublishWishes = {
  /** Sound. Constraints go over echo cancellation, noise suppression and gain control. */
  microphone?: PublishWish
  /** Picture. Constraints go over 640×360 at 24 frames per second. */
  camera?: PublishWish
}

/** Turns what was wished for into ways to capture it, and remembers which device that came to. */
export class DeviceWishes {
  readonly #captures: DeviceCaptures
  readonly #choices = { microphone: new DeviceChoice('microphone'), camera: new DeviceChoice('camera') }

  constructor(ports: DevicePorts) {
    this.#captures = new DeviceCaptures(ports)
  }

  /** For wishes of one call; devices are opened together. */
  open({ microphone, camera }: PublishWishes): Partial<Record<DeviceSource, Acquire>> {
    const requests: DeviceRequests = {}
    if (microphone && !isTrack(microphone)) requests.microphone = this.#asked('microphone', microphone)
    if (camera && !isTrack(camera)) requests.camera = this.#asked('camera', camera)
    const opened = this.#captures.open(requests)
    const acquire = (source: DeviceSource, wish: PublishWish): Acquire =>
      isTrack(wish) ? async () => givenCapture(source, wish) : this.#remembering(source, opened[source])
    return {
      ...(microphone && { microphone: acquire('microphone', microphone) }),
      ...(camera && { camera: acquire('camera', camera) }),
    }
  }

  /** The device used last, or the one that the app asks for; after a loss, any. */
  reopen(source: Source, afterLoss: boolean): Acquire {
    if (source !== 'microphone' && source !== 'camera') return () => Promise.reject(noDevice(source))
    const choice = this.#choices[source]
    if (afterLoss) choice.forget()
    return this.#remembering(source, this.#captures.open({ [source]: choice.constraints })[source])
  }

  /** This device or none. */
  exactly(source: DeviceSource, deviceId: string): Acquire {
    const constraints = this.#choices[source].exactly(deviceId)
    return this.#remembering(source, this.#captures.open({ [source]: constraints })[source])
  }

  /** The device to be opened next time. */
  prefer(source: DeviceSource, deviceId: string): void {
    this.#choices[source].use(deviceId)
  }

  #asked(source: DeviceSource, wish: true | MediaTrackConstraints): MediaTrackConstraints {
    if (wish !== true) this.#choices[source].ask(wish)
    return this.#choices[source].constraints
  }

  #remembering(source: DeviceSource, acquire: Acquire): Acquire {
    return async (isWanted) => {
      const capture = await acquire(isWanted)
      if (isWanted()) this.#choices[source].use(capture.track.getSettings().deviceId)
      return capture
    }
  }
}

const isTrack = (wish: PublishWish): wish is MediaStreamTrack => wish !== true && 'kind' in wish && 'readyState' in wish
