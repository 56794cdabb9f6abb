import { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import { type Source, type SourceChange, type SourceState, UNPUBLISHED } from '../protocol'
import type { DeviceAccess } from './device-access'
import type { Acquire } from './device-captures'
import { deviceError, mayBeOfOneDevice, superseded } from './device-errors'
import { DeviceLoss } from './device-loss'
import { LocalSlot } from './local-slot'
import type { SetTrack } from './slot-output'
import { type Reopening, SourceCapture } from './source-capture'
import { SourceSync } from './source-sync'

export type LocalSourcePorts = {
  readonly source: Source
  readonly clock: Pick<Clock, 'after'>
  readonly access: DeviceAccess
  readonly devices: Reopening
  readonly setTrack: SetTrack
  updateMedia(change: SourceChange): Promise<void>
  onChange(): void
  /** A shared screen or its sound was ended by the browser, and is unpublished. */
  onEnded(): void
  /** Something failed that no call waits for. */
  onError(error: LiveStreamError): void
}

/**
 * One of our sources, and the calls for it.
 *
 * A call that turns it off acts at once, then tells the room. A call that turns it on checks after each wait whether it is still the
 * last call, and releases its capture if not. So no call waits for another one, or for a permission prompt of another one.
 */
export class LocalSource {
  readonly slot: LocalSlot
  readonly loss: DeviceLoss
  readonly #ports: LocalSourcePorts
  readonly #sync: SourceSync
  readonly #capture: SourceCapture
  /** The pending publish or switch; only the last one counts. */
  #attempt: AbortController | null = null
  #published: Promise<void> = Promise.resolve()

  constructor(ports: LocalSourcePorts) {
    this.#ports = ports
    this.#sync = new SourceSync({ updateMedia: ports.updateMedia, onMuted: () => this.#muteSlot() })
    const onChanged = () => this.#tellQuietly()
    const slot = new LocalSlot({ ...ports, onLost: (phase) => this.loss.happened(phase), onInterrupted: onChanged })
    this.slot = slot
    this.#capture = new SourceCapture({ ...ports, slot, onChanged })
    this.loss = new DeviceLoss({
      ...ports,
      slot,
      publish: (acquire) => this.#begin(acquire),
      isPublishing: () => this.#attempt !== null,
      unpublish: () => this.unpublish(),
      onInterrupted: onChanged,
    })
  }

  /** Whether it is published and not interrupted, or being published. */
  get isUp(): boolean {
    const { phase } = this.slot
    return phase.type === 'publishing' || (phase.type === 'published' && !this.slot.state.interrupted)
  }

  /** Settles with the last publish. */
  get published(): Promise<void> {
    return this.#published
  }

  /**
   * Captures and sends. While published: replaces the old capture, which stays if that fails.
   * @param acquire null: nothing is opened before `unmute`
   */
  publish(acquire: Acquire | null, isMuted = false): Promise<void> {
    this.loss.deviceId = undefined
    return this.#begin(acquire, isMuted)
  }

  /**
   * For a call that accepts any device: waits for a pending publish, if there is one. If that fails because of its device, this call
   * opens another one.
   */
  async join(): Promise<void> {
    const { type } = this.slot.phase
    if (type === 'published') return
    if (type === 'off') return this.publish(this.#ports.devices.reopen(this.#ports.source))
    await this.#published.catch((error: LiveStreamError) => {
      if (!mayBeOfOneDevice(error)) throw error
      return this.join()
    })
  }

  async unpublish(): Promise<void> {
    const wasAnnounced = this.slot.state.published
    this.#end()
    if (wasAnnounced) await this.#sync.send(UNPUBLISHED)
  }

  /** Ends at once without telling the room: the role no longer allows it, or the room was left. */
  drop(): void {
    this.#sync.reset()
    this.#end()
    this.slot.clear()
  }

  /** Sends nothing from this moment on, whatever the room replies. */
  async mute(): Promise<void> {
    this.#muteSlot()
    await this.#updateRoom()
  }

  async unmute(): Promise<void> {
    const { phase } = this.slot
    if (phase.type === 'off') throw new LiveStreamError('invalid', `Publish the ${this.#ports.source} first.`)
    if (!phase.muted) return
    const isComing = phase.type === 'publishing' && !phase.announced
    if (!phase.capture && !isComing) {
      await this.#capture.reopen()
      const now = this.slot.phase
      if (now.type === 'off' || !now.capture) throw superseded()
    }
    this.slot.unmute()
    const unmuted = this.slot.phase
    await this.#updateRoom().catch((error) => {
      if (this.slot.phase === unmuted) this.#muteSlot()
      throw error
    })
  }

  /** To be called with each new state of the room. */
  applyRemoteState(state: SourceState): void {
    this.#sync.applyRemoteState(state)
  }

  /** Tells the room what it does not know of this source, if anything. */
  async resync(): Promise<void> {
    const { state } = this.slot
    if (!this.#sync.isKnown(state)) await this.#sync.send(state)
  }

  #begin(acquire: Acquire | null, isMuted = false): Promise<void> {
    this.#published = this.#publish(acquire, isMuted)
    return this.#published
  }

  async #publish(acquire: Acquire | null, isMuted: boolean): Promise<void> {
    const attempt = new AbortController()
    this.#attempt?.abort()
    this.#attempt = attempt
    this.slot.begin()
    if (isMuted) this.mute().catch(() => {})
    try {
      if (acquire) this.slot.setCapture(await this.#capture.open(acquire, attempt.signal))
      await this.#goLive(attempt)
    } catch (error) {
      if (this.#attempt === attempt) this.#giveUp()
      throw deviceError(this.#ports.source, error)
    }
  }

  /** A first publish waits until the room accepts it. A capture that replaces another one does not. */
  async #goLive(attempt: AbortController): Promise<void> {
    if (this.slot.phase.type === 'publishing') {
      this.slot.announce()
      await this.#updateRoom()
      if (this.#attempt !== attempt || this.slot.phase.type !== 'publishing') throw superseded()
    }
    this.#attempt = null
    this.slot.goLive()
    await this.resync()
  }

  #muteSlot(): void {
    this.#capture.cancelReopen()
    this.slot.mute()
  }

  #end(): void {
    this.loss.deviceId = undefined
    this.#attempt?.abort()
    this.#attempt = null
    this.#capture.cancelReopen()
    this.slot.end()
  }

  #giveUp(): void {
    this.#attempt = null
    if (this.slot.phase.type === 'publishing') this.unpublish().catch(() => {})
  }

  async #updateRoom(): Promise<void> {
    if (this.slot.state.published) await this.#sync.send(this.slot.state)
  }

  /** A failure that no call caused is not reported: the client sends all its slots again when it is back in the room. */
  #tellQuietly(): void {
    this.#updateRoom().catch(() => {})
  }
}
