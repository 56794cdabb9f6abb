import type { DeviceAccess } from './device-access'
import { insecureContext, notSupported } from './device-errors'

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
