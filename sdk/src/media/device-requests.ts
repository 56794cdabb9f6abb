import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { givenCapture } from './capture'
import { type DeviceSource, isDevice } from './constraints'
import type { DeviceAccess } from './device-access'
import { type Acquire, DeviceCaptures } from './device-captures'
import { DeviceChoice, type DeviceRequest } from './device-choice'
import { noDevice } from './device-errors'
import type { Reopening } from './source-capture'

/**
 * `true`: the device used last, or the default one; `false`: the same as leaving it out. Constraints are added to the defaults. A track
 * stays yours: it is never stopped, and a disabled one (`enabled` is false) is published muted.
 */
export type PublishInput = boolean | MediaTrackConstraints | MediaStreamTrack
/** What to publish, and from which device. A source that is left out stays as it is. */
export type PublishOptions = {
  /** Sound. Constraints are added to echo cancellation, noise suppression and gain control. */
  microphone?: PublishInput
  /** Picture. Constraints are added to 640×360 at 24 frames per second. */
  camera?: PublishInput
  /**
   * Publishes muted, until `unmute`: all sources of this call, or those in the list. A microphone is opened, so that unmuting is instant;
   * a camera is not, so that there is no prompt and no light before `unmute`. Mutes a source that is live; a muted source stays muted
   * with `false` too. Default: false.
   */
  muted?: boolean | readonly DeviceSource[]
}

/** Turns the app's options into functions that open captures, and remembers which device was opened. */
export class DeviceRequests implements Reopening {
  readonly #captures: DeviceCaptures
  readonly #choices = { microphone: new DeviceChoice('microphone'), camera: new DeviceChoice('camera') }

  constructor(access: DeviceAccess) {
    this.#captures = new DeviceCaptures(access)
  }

  /** For the options of one call; its devices are opened together. */
  open({ microphone, camera }: Pick<PublishOptions, DeviceSource>): Partial<Record<DeviceSource, Acquire>> {
    const requests: Partial<Record<DeviceSource, DeviceRequest>> = {}
    if (microphone && !isTrack(microphone)) requests.microphone = this.#requested('microphone', microphone)
    if (camera && !isTrack(camera)) requests.camera = this.#requested('camera', camera)
    let opened: Record<DeviceSource, Acquire> | undefined
    const acquire = (source: DeviceSource, input: PublishInput) => {
      if (isTrack(input)) return async () => givenCapture(source, input)
      opened ??= this.#open(requests)
      return opened[source]
    }
    return {
      ...(microphone && { microphone: acquire('microphone', microphone) }),
      ...(camera && { camera: acquire('camera', camera) }),
    }
  }

  reopen(source: Source): Acquire {
    return this.#openOne(source, (choice) => choice.request())
  }

  again(source: Source): Acquire {
    return this.#openOne(source, (choice) => choice.again())
  }

  exactly(source: Source, deviceId: string): Acquire {
    return this.#openOne(source, (choice) => choice.exactly(deviceId))
  }

  /** Constraints for next time. */
  prepare(source: DeviceSource, constraints: MediaTrackConstraints): void {
    this.#choices[source].prepare(constraints)
  }

  /** The device to be opened next time. */
  prefer(source: DeviceSource, deviceId: string): void {
    this.#choices[source].prefer(deviceId)
  }

  #openOne(source: Source, request: (choice: DeviceChoice) => DeviceRequest): Acquire {
    if (!isDevice(source)) return () => Promise.reject(noDevice(source))
    return this.#open({ [source]: request(this.#choices[source]) })[source]
  }

  #requested(source: DeviceSource, input: true | MediaTrackConstraints): DeviceRequest {
    return this.#choices[source].request(input === true ? undefined : input)
  }

  #open(requests: Partial<Record<DeviceSource, DeviceRequest>>): Record<DeviceSource, Acquire> {
    const { microphone, camera } = requests
    const opened = this.#captures.open({
      ...(microphone && { microphone: microphone.constraints }),
      ...(camera && { camera: camera.constraints }),
    })
    return { microphone: remembering(microphone, opened.microphone), camera: remembering(camera, opened.camera) }
  }
}

/** Remembers the outcome of a request, unless it was aborted. */
function remembering(request: DeviceRequest | undefined, acquire: Acquire): Acquire {
  return async (signal) => {
    try {
      const capture = await acquire(signal)
      if (!signal.aborted) request?.succeeded(capture.deviceId)
      return capture
    } catch (error) {
      if (error instanceof LiveStreamError) request?.failed(error)
      throw error
    }
  }
}

export const isTrack = (input: boolean | object): input is MediaStreamTrack =>
  typeof input === 'object' && 'kind' in input && 'readyState' in input
