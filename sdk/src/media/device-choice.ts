import type { LiveStreamError } from '../errors'
import { type DeviceSource, deviceConstraints } from './constraints'
import { mayBeOfOneDevice } from './device-errors'

/** One request for a device. Its outcome is said once: only what succeeded is remembered. */
export type DeviceRequest = {
  readonly constraints: MediaTrackConstraints
  succeeded(deviceId: string | undefined): void
  failed(error: LiveStreamError): void
}

/**
 * Which device of a kind, and how, the next capture asks for: as the last capture that succeeded did, with the device that it gave.
 * A remembered device is preferred (`ideal`): where it is gone, another one will do.
 */
export class DeviceChoice {
  readonly #source: DeviceSource
  /** The app's constraints of the last capture that succeeded. */
  #kept: MediaTrackConstraints = {}
  #deviceId: string | undefined
  /** Asked for while nothing was opened, and not tried yet. */
  #next: MediaTrackConstraints | undefined

  constructor(source: DeviceSource) {
    this.#source = source
  }

  /** With new constraints of the app; without: as next time, else as last time. */
  request(constraints = this.#next): DeviceRequest {
    return this.#requestOf(constraints)
  }

  /** As last time, whatever is prepared for next time. */
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

  /** A device that a person picked: this one or none. */
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

  /** A chosen device takes the place of whatever named one before. */
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
