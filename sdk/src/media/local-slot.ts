import type { Clock } from '../ports/clock'
import { type Source, type SourceState, UNPUBLISHED } from '../protocol'
import { type Capture, isVideo } from './capture'
import { type SetTrack, SlotOutput } from './slot-output'

/** Where one of our own sources stands. */
export type SlotPhase =
  | { readonly type: 'off' }
  /** From the call to the server's yes; nothing is sent yet. */
  | {
      readonly type: 'publishing'
      readonly muted: boolean
      readonly announced: boolean
      readonly capture: Capture | null
    }
  /** `capture` is null while the device is let go (a camera that is off) or lost. */
  | {
      readonly type: 'published'
      readonly muted: boolean
      /** The device went away while it was in use, or was freed for another one that is not there yet. */
      readonly lost: false | 'gone' | 'freed'
      readonly capture: Capture | null
    }

export type LocalSlotPorts = {
  readonly source: Source
  readonly clock: Pick<Clock, 'after'>
  readonly setTrack: SetTrack
  onChange(): void
  /** The track ended by itself; `phase` is how it was before. */
  onLost(phase: SlotPhase): void
  /** The system took the device for a while, or gave it back. */
  onInterrupted(): void
}

const OFF: SlotPhase = { type: 'off' }

/**
 * What is held and sent of one source. Everything here happens at once: it keeps phase, capture and output in step.
 * Knows nothing of waiting: neither for devices nor for the server.
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

  /** What the room is, or should be, told. */
  get state(): SourceState {
    const phase = this.#phase
    if (phase.type === 'off' || (phase.type === 'publishing' && !phase.announced)) return UNPUBLISHED
    // Muted by us and taken by the system are two things, and either may last longer.
    const isLost = phase.type === 'published' && phase.lost !== false
    return { published: true, muted: phase.muted, interrupted: isLost || phase.capture?.isInterrupted === true }
  }

  /** The track for the self view. A muted microphone's is kept; a camera that is off shows nothing. */
  get shown(): MediaStreamTrack | null {
    if (this.#phase.type === 'off' || (this.#phase.muted && isVideo(this.#ports.source))) return null
    return this.#phase.capture?.track ?? null
  }

  /** A publish begins; while published, everything stays as it is until the new capture is there. */
  begin(): void {
    if (this.#phase.type !== 'off') return
    this.#output.clear()
    this.#phase = { type: 'publishing', muted: false, announced: false, capture: null }
  }

  /** Takes a capture, in the place of another one, without sending it yet. What the app has switched off is muted. */
  setCapture(capture: Capture): void {
    if (this.#phase.type === 'off') return capture.close()
    if (!capture.isOn) this.mute()
    // Off is off: what is replaced while muted must not come on again before no link sends it.
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

  /** The room is being asked. A camera that was muted meanwhile need not stay open for that. */
  announce(): void {
    if (this.#phase.type === 'publishing') this.#phase = { ...this.#phase, announced: true }
    this.#apply()
  }

  /** Sends what is held, as muted as it is. */
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

  /** Frees our own device for another one that cannot be opened beside it. Whether there was one. */
  freeDevice(): boolean {
    const phase = this.#phase
    if (phase.type !== 'published' || !phase.capture?.isOwn) return false
    phase.capture.close()
    this.#output.clear()
    this.#phase = { ...phase, capture: null, lost: !phase.muted && 'freed' }
    this.#ports.onChange()
    return true
  }

  /** Whether our own device was freed, and nothing has taken its place. */
  get hasFreedDevice(): boolean {
    return this.#phase.type === 'published' && this.#phase.lost === 'freed'
  }

  /** A picture goes black first; `clear` ends that at once. */
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

  /** A microphone stays open, so that unmuting is instant. A camera is let go, so that its light goes out. */
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
