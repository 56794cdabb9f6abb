import { type DeviceSource, deviceConstraints } from './constraints'

/**
 * Which device of a kind, and how, the next capture asks for: what the app asked last, and the device used last.
 * A remembered device is a wish (`ideal`): where it is gone, another one will do.
 */
export class DeviceChoice {
  readonly #source: DeviceSource
  #constraints: MediaTrackConstraints = {}
  #deviceId: string | undefined

  constructor(source: DeviceSource) {
    this.#source = source
  }

  /** New constraints of the app. Those that name a device or a side of the phone replace the device used last. */
  ask(constraints: MediaTrackConstraints): void {
    this.#constraints = constraints
    if ('deviceId' in constraints || 'facingMode' in constraints) this.#deviceId = undefined
  }

  use(deviceId: string | undefined): void {
    if (deviceId) this.#deviceId = deviceId
  }

  /** The device is gone: whatever is there will do. */
  forget(): void {
    this.#deviceId = undefined
    const { deviceId: _, ...rest } = this.#constraints
    this.#constraints = rest
  }

  get constraints(): MediaTrackConstraints {
    const device = this.#deviceId === undefined ? {} : { deviceId: { ideal: this.#deviceId } }
    return deviceConstraints(this.#source, { ...this.#constraints, ...device })
  }

  /** For a device that a person picked: this one or none. */
  exactly(deviceId: string): MediaTrackConstraints {
    const { facingMode: _, ...rest } = this.#constraints
    return deviceConstraints(this.#source, { ...rest, deviceId: { exact: deviceId } })
  }
}
