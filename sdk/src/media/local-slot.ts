import type { Clock } from '../ports/clock'
import { type Source, type SourceState, UNPUBLISHED } from '../protocol'
import { type Capture, isVideo } from './capture'
import { type SetTrack, SlotOutput } from './slot-output'

/** The phase of one of our sources. */
export type SlotPhase =
  | { readonly type: 'off' }
  /** From the call until the server accepts; nothing is sent yet. */
  | {
      readonly type: 'publishing'
      readonly muted: boolean
      readonly announced: boolean
      readonly capture: Capture | null
    }
  /** `capture` is null while the device is closed (a muted camera) or lost. */
  | {
      readonly type: 'published'
      readonly muted: boolean
      /** `gone`: the device was lost while it was in use. `freed`: it was closed for another one that is not open yet. */
      readonly lost: false | 'gone' | 'freed'
      readonly capture: Capture | null
    }

export type LocalSlotPorts = {
  readonly source: Source
  readonly clock: Pick<Clock, 'after'>
  readonly setTrack: SetTrack
  onChange(): void
  /** The track ended by itself; `phase` is the phase before. */
  onLost(phase: SlotPhase): void
  /** The system interrupted the device, or gave it back. */
  onInterrupted(): void
}

const OFF: SlotPhase = { type: 'off' }

/**
 * What is captured and sent of one source. Keeps phase, capture and output consistent. All its methods are synchronous: it does not
 * wait for devices or for the server.
 */
export class LocalSlot {
  readonly #ports: LocalSlotPorts
  readonly #output: SlotOutput
  #phase: SlotPhase = OFF

  constructor(ports: LocalSlotPorts) {
    this.#ports = ports
    this.#output = new SlotOutput(ports.source, ports.clock, ports.setTrack)
  }

  get phase(): SlotPhase {
    return this.#phase
  }

  /** The state that the room must know. */
  get state(): SourceState {
    const phase = this.#phase
    if (phase.type === 'off' || (phase.type === 'publishing' && !phase.announced)) return UNPUBLISHED
    // `muted` and `interrupted` are independent: either may last longer.
    const isLost = phase.type === 'published' && phase.lost !== false
    return { published: true, muted: phase.muted, interrupted: isLost || phase.capture?.isInterrupted === true }
  }

  /** The track for the self view: also of a muted microphone, but not of a muted camera. */
  get shown(): MediaStreamTrack | null {
    if (this.#phase.type === 'off' || (this.#phase.muted && isVideo(this.#ports.source))) return null
    return this.#phase.capture?.track ?? null
  }

  /** A publish begins. If the source is published already, nothing changes until the new capture is set. */
  begin(): void {
    if (this.#phase.type !== 'off') return
    this.#output.clear()
    this.#phase = { type: 'publishing', muted: false, announced: false, capture: null }
  }

  /** Sets a capture, instead of another one, without sending it yet. A track that the app has disabled is muted. */
  setCapture(capture: Capture): void {
    if (this.#phase.type === 'off') return capture.close()
    if (!capture.isOn) this.mute()
    // A track that is replaced while muted must not be enabled again while a link sends it.
    if (this.#phase.muted) this.#output.clear()
    this.#phase.capture?.close(this.#output.settled)
    this.#phase =
      this.#phase.type === 'published' ? { ...this.#phase, capture, lost: false } : { ...this.#phase, capture }
    capture.watch({
      ended: () => this.#lose(capture),
      interrupted: () => this.#interrupt(capture),
    })
    this.#ports.onChange()
  }

  /** The room is being told. A camera that was muted meanwhile is closed. */
  announce(): void {
    if (this.#phase.type === 'publishing') this.#phase = { ...this.#phase, announced: true }
    this.#apply()
  }

  /** The room has accepted: sends the capture, unless it is muted. */
  goLive(): void {
    if (this.#phase.type === 'off') return
    const { muted, capture } = this.#phase
    this.#phase = { type: 'published', muted, lost: false, capture }
    this.#apply()
  }

  mute(): void {
    if (this.#phase.type === 'off') return
    this.#phase = { ...this.#phase, muted: true }
    this.#apply()
  }

  unmute(): void {
    if (this.#phase.type === 'off') return
    this.#phase = { ...this.#phase, muted: false }
    this.#apply()
  }

  /** Closes a device of ours, so that another one can be opened that does not open beside it. Returns whether there was one. */
  freeDevice(): boolean {
    const phase = this.#phase
    if (phase.type !== 'published' || !phase.capture?.isOwn) return false
    phase.capture.close()
    this.#output.clear()
    this.#phase = { ...phase, capture: null, lost: !phase.muted && 'freed' }
    this.#ports.onChange()
    return true
  }

  /** Whether our device was freed, and not replaced. */
  get hasFreedDevice(): boolean {
    return this.#phase.type === 'published' && this.#phase.lost === 'freed'
  }

  /** Stops sending. A picture is black for a moment first; `clear` ends that at once. */
  end(): void {
    if (this.#phase.type === 'off') return
    const { capture } = this.#phase
    this.#phase = OFF
    if (capture) this.#output.fadeOut(capture, () => capture.close(this.#output.settled))
    this.#ports.onChange()
  }

  clear(): void {
    this.#output.clear()
  }

  #apply(): void {
    const phase = this.#phase
    if (phase.type !== 'off' && phase.capture) {
      if (phase.muted) this.#release(phase.capture)
      else if (phase.type === 'published') this.#output.send(phase.capture)
    }
    this.#ports.onChange()
  }

  /** A microphone stays open, so that unmuting is instant. A camera is closed, so that its light is off. */
  #release(capture: Capture): void {
    this.#output.fadeOut(capture, () => {
      if (this.#ports.source !== 'camera' || !capture.isOwn) return
      capture.close()
      if (this.#phase.type !== 'off' && this.#phase.capture === capture) this.#phase = { ...this.#phase, capture: null }
    })
  }

  #lose(capture: Capture): void {
    const phase = this.#phase
    if (phase.type === 'off' || phase.capture !== capture) return
    capture.close()
    this.#output.clear()
    this.#phase = { ...phase, capture: null, ...(phase.type === 'published' && { lost: !phase.muted && 'gone' }) }
    this.#ports.onChange()
    this.#ports.onLost(phase)
  }

  #interrupt(capture: Capture): void {
    if (this.#phase.type === 'off' || this.#phase.capture !== capture) return
    this.#ports.onChange()
    this.#ports.onInterrupted()
  }
}
