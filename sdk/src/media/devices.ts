// The cameras and microphones of this machine: which ones there are, and opening those that the app asks for.
import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { givenCapture } from './capture'
import { type DeviceSource, isDevice } from './constraints'
import type { DeviceAccess } from './device-access'
import { type Acquire, DeviceCaptures } from './device-captures'
import { DeviceChoice, type DeviceRequest } from './device-choice'
import { insecureContext, noDevice, notSupported } from './device-errors'
import type { Reopening } from './source-capture'

type DevicesEvents = {
  /** Called after each refresh, even without a change: a device may have been removed and added in between. */
  seen(devices: readonly MediaDeviceInfo[]): void
  changed(devices: readonly MediaDeviceInfo[]): void
}

/** The list of cameras, microphones and speakers, and the event when it changes. */
export class Devices {
  readonly #access: DeviceAccess
  readonly #on: DevicesEvents
  #isWatching = false
  #watched: MediaDevices | undefined
  readonly #changed = (): void => void this.refresh()
  #known = ''

  constructor(access: DeviceAccess, on: DevicesEvents) {
    this.#access = access
    this.#on = on
  }

  /** Starts to listen for changes. Idempotent. */
  watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#watched = this.#access.mediaDevices()
    this.#watched?.addEventListener('devicechange', this.#changed)
  }

  /** Stops to listen, and removes its listener. Idempotent. */
  unwatch(): void {
    this.#watched?.removeEventListener('devicechange', this.#changed)
    this.#watched = undefined
    this.#isWatching = false
  }

  /** @throws LiveStreamError `insecure_context`, `not_supported` */
  async list(): Promise<readonly MediaDeviceInfo[]> {
    const devices = this.#access.mediaDevices()
    if (!devices?.enumerateDevices) throw this.#access.isSecureContext() ? notSupported('camera') : insecureContext()
    const list = await devices.enumerateDevices()
    // Before a capture was allowed, browsers list placeholders without name and id, which cannot be chosen.
    return list.filter((device) => device.deviceId !== '')
  }

  /** Reads the list again. Also to be called after a first capture: browsers then tell names, without an event. */
  async refresh(): Promise<void> {
    if (!this.#watched) return
    const list = await this.list().catch(() => undefined)
    if (!list || !this.#watched) return
    this.#on.seen(list)
    const key = JSON.stringify(list.map(({ deviceId, kind, label }) => [deviceId, kind, label]))
    // Plugging in a headset fires `devicechange` several times.
    if (key === this.#known) return
    this.#known = key
    this.#on.changed(list)
  }
}

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
