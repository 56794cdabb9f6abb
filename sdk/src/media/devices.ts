import type { DeviceAccess } from './device-access'
import { insecureContext, notSupported } from './device-errors'

type DevicesEvents = {
  /** After each look, whether anything changed or not: a device may have been away in between. */
  seen(devices: readonly MediaDeviceInfo[]): void
  changed(devices: readonly MediaDeviceInfo[]): void
}

/** The cameras, microphones and speakers that are there, and the news when that changes. */
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

  /** Begins to tell of changes. Idempotent. */
  watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#watched = this.#access.mediaDevices()
    this.#watched?.addEventListener('devicechange', this.#changed)
  }

  /** Tells nothing any more, and leaves nothing behind at the browser. Idempotent. */
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
    // Until a capture was allowed, browsers give nameless stand-ins without an id: nothing that could be chosen.
    return list.filter((device) => device.deviceId !== '')
  }

  /** Looks anew. Also to be called after a first capture: only then do browsers tell names, and no event says so. */
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
