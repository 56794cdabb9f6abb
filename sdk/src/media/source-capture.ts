import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import type { Capture } from './capture'
import type { Acquire } from './device-captures'
import { deviceError, superseded } from './device-errors'
import type { LocalSlot } from './local-slot'

/** How the device of a source is opened again. */
export type Reopening = {
  /** The device used last, or the one prepared for this time; if it is gone, another one. */
  reopen(source: Source): Acquire
  /** The device used last, which was freed for another one. */
  again(source: Source): Acquire
  /** This device or none. */
  exactly(source: Source, deviceId: string): Acquire
}

export type SourceCapturePorts = {
  readonly source: Source
  readonly slot: LocalSlot
  readonly devices: Reopening
  /** The slot's capture has changed independently of the pending call. */
  onChanged(): void
  /** Something failed that no call waits for. */
  onError(error: LiveStreamError): void
}

/** Opens captures for a slot. A capture that no call waits for is released as soon as it is open. */
export class SourceCapture {
  readonly #ports: SourceCapturePorts
  #reopening: { readonly signal: AbortController; done: Promise<void> } | null = null

  constructor(ports: SourceCapturePorts) {
    this.#ports = ports
  }

  /**
   * Phones open one camera at a time: there the old one is closed first, and opened again if the new one fails. A call that replaced
   * another one does that too.
   */
  async open(acquire: Acquire, signal: AbortSignal): Promise<Capture> {
    const { slot, onChanged } = this.#ports
    try {
      return await captured(acquire, signal).catch((error) => {
        if (!isInUse(error) || signal.aborted || !slot.freeDevice()) throw error
        onChanged()
        return captured(acquire, signal)
      })
    } catch (error) {
      if (!signal.aborted && slot.hasFreedDevice) await this.#takeBack(signal)
      throw error
    }
  }

  /** Opens the device of the slot again. A second call waits for the first one. */
  reopen(): Promise<void> {
    if (this.#reopening) return this.#reopening.done
    const { source, devices } = this.#ports
    const reopening = { signal: new AbortController(), done: Promise.resolve() }
    this.#reopening = reopening
    reopening.done = captured(devices.reopen(source), reopening.signal.signal)
      .then((capture) => this.#setReopened(capture))
      .catch((error) => Promise.reject(deviceError(source, error)))
      .finally(() => {
        if (this.#reopening === reopening) this.#reopening = null
      })
    return reopening.done
  }

  /** A pending `reopen()` rejects with `aborted`. */
  cancelReopen(): void {
    this.#reopening?.signal.abort()
    this.#reopening = null
  }

  async #takeBack(signal: AbortSignal): Promise<void> {
    const { source, slot, devices, onChanged, onError } = this.#ports
    try {
      slot.setCapture(await captured(devices.again(source), signal))
      slot.goLive()
      onChanged()
    } catch (error) {
      if (!signal.aborted) onError(deviceError(source, error))
    }
  }

  /** If a publish has set another capture meanwhile, that one stays. */
  #setReopened(capture: Capture): void {
    const { slot } = this.#ports
    if (slot.phase.type !== 'off' && slot.phase.capture) capture.close()
    else slot.setCapture(capture)
  }
}

async function captured(acquire: Acquire, signal: AbortSignal): Promise<Capture> {
  const capture = await acquire(signal)
  if (!signal.aborted) return capture
  capture.close()
  throw superseded()
}

const isInUse = (error: unknown): boolean => error instanceof LiveStreamError && error.code === 'device_in_use'
