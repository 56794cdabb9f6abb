import type { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { isDevice } from './constraints'
import { type DeviceAccess, isRevoked } from './device-access'
import type { Acquire } from './device-captures'
import { endedTrack, noDevice, revoked } from './device-errors'
import type { LocalSlot, SlotPhase } from './local-slot'
import type { Reopening } from './source-capture'

export type DeviceLossPorts = {
  readonly source: Source
  readonly slot: LocalSlot
  readonly access: DeviceAccess
  readonly devices: Reopening
  /** Puts another capture into the slot. */
  publish(acquire: Acquire): Promise<void>
  isPublishing(): boolean
  unpublish(): Promise<void>
  /** The source is interrupted, which the room must be told. */
  onInterrupted(): void
  /** A shared screen or its sound was ended by the browser, and is unpublished. */
  onEnded(): void
  /** Something failed that no call waits for. */
  onError(error: LiveStreamError): void
}

/** Handles a source whose track ended by itself. */
export class DeviceLoss {
  /** The device that was lost while it was in use, until another one is chosen or it is back. */
  deviceId: string | undefined
  readonly #ports: DeviceLossPorts

  constructor(ports: DeviceLossPorts) {
    this.#ports = ports
  }

  /** @param before the phase of the slot before the loss */
  happened(before: SlotPhase): void {
    const { source, onInterrupted, onEnded, unpublish } = this.#ports
    const isOwn = before.type !== 'off' && before.capture?.isOwn === true
    if (before.type === 'published' && isDevice(source)) {
      if (before.muted) return
      this.deviceId = before.capture?.deviceId
      onInterrupted()
      void this.#recover(isOwn)
      return
    }
    unpublish().catch(() => {})
    if (before.type === 'published') onEnded()
    else void this.#recover(isOwn)
  }

  /** The lost device is back: it replaces the device that was taken instead. A camera that is off waits for `unmute`. */
  deviceIsBack(): void {
    const { deviceId } = this
    const { source, slot, devices, publish, isPublishing } = this.#ports
    const { phase } = slot
    if (deviceId === undefined || isPublishing() || phase.type !== 'published') return
    if (source === 'camera' && phase.muted) return
    const isTaken = phase.capture?.deviceId === deviceId
    const taken = isTaken ? Promise.resolve() : publish(devices.exactly(source, deviceId))
    taken.then(() => {
      this.deviceId = undefined
    }, this.#failed)
  }

  /** After the loss of a microphone another one is tried once. In all other cases the app gets the error. */
  async #recover(isOwn: boolean): Promise<void> {
    const { source, slot, access, devices, publish, isPublishing, onError } = this.#ports
    const error = isOwn ? await whyLost(source, access) : endedTrack(source)
    const { phase } = slot
    const triesAnother = source === 'microphone' && isOwn && error.code === 'no_device' && phase.type === 'published'
    if (!triesAnother) return onError(error)
    if (isPublishing() || phase.capture) return
    publish(devices.reopen(source)).catch(this.#failed)
  }

  readonly #failed = (error: LiveStreamError): void => {
    if (error.code !== 'aborted') this.#ports.onError(error)
  }
}

const whyLost = async (source: Source, access: DeviceAccess): Promise<LiveStreamError> =>
  isDevice(source) && (await isRevoked(access, source)) ? revoked(source) : noDevice(source)
