import type { LiveStreamError } from '../errors'
import { type DeviceSource, deviceConstraints } from './constraints'
import { mayBeOfOneDevice } from './device-errors'

/** One request for a device. Its outcome is reported once: only a request that succeeded is remembered. */
export type DeviceRequest = {
  readonly constraints: MediaTrackConstraints
  succeeded(deviceId: string | undefined): void
  failed(error: LiveStreamError): void
}

/**
 * The constraints of the next capture of a kind: those of the last capture that succeeded, with its device. The device is preferred
 * (`ideal`): if it is gone, another one is taken.
 */
export class DeviceChoice {
  readonly #source: DeviceSource
  /** The app's constraints of the last capture that succeeded. */
  #kept: MediaTrackConstraints = {}
  #deviceId: string | undefined
  /** Given while no device was open, and not tried yet. */
  #next: MediaTrackConstraints | undefined

  constructor(source: DeviceSource) {
    this.#source = source
  }

  /** With new constraints of the app. Without them: those prepared for next time, or those of last time. */
  request(constraints = this.#next): DeviceRequest {
    return this.#requestOf(constraints)
  }

  /** As last time, without what is prepared for next time. */
  again(): DeviceRequest {
    return this.#requestOf(undefined)
  }

  #requestOf(constraints: MediaTrackConstraints | undefined): DeviceRequest {
    const own = constraints ?? this.#kept
    const isNew = constraints !== undefined && namesDevice(constraints)
    const last = isNew || this.#deviceId === undefined ? {} : { deviceId: { ideal: this.#deviceId } }
    return {
      constraints: deviceConstraints(this.#source, { ...own, ...last }),
      succeeded: (deviceId) => this.#keep(own, deviceId),
      failed: (error) => {
        if (own === this.#next && mayBeOfOneDevice(error)) this.#next = undefined
      },
    }
  }

  /** The device that the user picked: this one or none. */
  exactly(deviceId: string): DeviceRequest {
    return this.request(this.#choosing({ exact: deviceId }))
  }

  /** Constraints for next time, in place of those of last time. */
  prepare(constraints: MediaTrackConstraints): void {
    this.#next = constraints
  }

  /** A device for next time, if it is there. */
  prefer(deviceId: string): void {
    this.#next = this.#choosing({ ideal: deviceId })
  }

  /** A chosen device replaces all constraints that name a device. */
  #choosing(deviceId: ConstrainDOMStringParameters): MediaTrackConstraints {
    const { facingMode: _, ...rest } = withoutDevice(this.#next ?? this.#kept)
    return { ...rest, deviceId }
  }

  #keep(own: MediaTrackConstraints, deviceId: string | undefined): void {
    this.#next = undefined
    this.#deviceId = deviceId || undefined
    this.#kept = deviceId ? withoutDevice(own) : own
  }
}

const namesDevice = (constraints: MediaTrackConstraints): boolean =>
  ['deviceId', 'groupId', 'facingMode'].some((name) => name in constraints)

const withoutDevice = ({ deviceId: _, groupId: __, ...rest }: MediaTrackConstraints): MediaTrackConstraints => rest
