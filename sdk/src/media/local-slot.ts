import { type Source, type SourceState, UNPUBLISHED } from '../protocol'
import { type Capture, isVideo } from './capture'
import { type Delays, Outlet } from './outlet'

/** Where one of our own sources stands. */
export type SlotPhase =
  | { readonly at: 'off' }
  /** From the wish to the server's yes; nothing is sent yet. */
  | {
      readonly at: 'publishing'
      readonly muted: boolean
      readonly announced: boolean
      readonly capture: Capture | null
    }
  /** `capture` is null while the device is let go (a camera that is off) or lost. */
  | {
      readonly at: 'published'
      readonly muted: boolean
      /** The device went away while it was in use, or was let go for another one that is not there yet. */
      readonly lost: false | 'gone' | 'let go'
      readonly capture: Capture | null
    }

export type LocalSlotOptions = {
  readonly source: Source
  readonly clock: Delays
  /** Resolves when every link has taken it. Never rejects. */
  fill(track: MediaStreamTrack | null): Promise<void>
  onChange(): void
  /** The track ended by itself; `phase` is how it was before. */
  onLost(phase: SlotPhase): void
  /** The system took the device for a while, or gave it back. */
  onInterrupted(): void
}

const OFF: SlotPhase = { at: 'off' }

/**
 * What is held and sent of one source. Everything here happens at once: it keeps phase, capture and outlet in step.
 * Knows nothing of waiting: neither for devices nor for the server.
 */
export class LocalSlot {
  readonly #options: LocalSlotOptions
  readonly #outlet: Outlet
  #phase: SlotPhase = OFF

  constructor(options: LocalSlotOptions) {
    this.#options = options
    this.#outlet = new Outlet(options.source, options.clock, options.fill)
  }

  get phase(): SlotPhase {
    return this.#phase
  }

  /** What the room is, or should be, told. */
  get state(): SourceState {
    const phase = this.#phase
    if (phase.at === 'off' || (phase.at === 'publishing' && !phase.announced)) return UNPUBLISHED
    // Muted by us and taken by the system are two things, and either may last longer.
    const isLost = phase.at === 'published' && phase.lost !== false
    return { published: true, muted: phase.muted, interrupted: isLost || phase.capture?.isInterrupted === true }
  }

  /** What links are filled with. */
  get filled(): MediaStreamTrack | null {
    return this.#outlet.filled
  }

  /** The track for the self view. A muted microphone's is kept; a camera that is off shows nothing. */
  get shown(): MediaStreamTrack | null {
    if (this.#phase.at === 'off' || (this.#phase.muted && isVideo(this.#options.source))) return null
    return this.#phase.capture?.track ?? null
  }

  /** A publish begins; while published, everything stays as it is until the new capture is there. */
  begin(): void {
    if (this.#phase.at !== 'off') return
    this.#outlet.cut()
    this.#phase = { at: 'publishing', muted: false, announced: false, capture: null }
  }

  /** Takes a capture, in the place of another one, without sending it yet. What the app has switched off is muted. */
  hold(capture: Capture): void {
    if (this.#phase.at === 'off') return capture.close()
    if (!capture.isOn) this.silence()
    // Off is off: what is replaced while muted must not come on again before no link sends it.
    if (this.#phase.muted) this.#outlet.cut()
    this.#phase.capture?.close(this.#outlet.settled)
    this.#phase =
      this.#phase.at === 'published' ? { ...this.#phase, capture, lost: false } : { ...this.#phase, capture }
    capture.watch({
      ended: () => this.#lose(capture),
      interrupted: () => this.#interrupt(capture),
    })
    this.#options.onChange()
  }

  /** The room is being asked. A camera that was muted meanwhile need not stay open for that. */
  ask(): void {
    if (this.#phase.at === 'publishing') this.#phase = { ...this.#phase, announced: true }
    this.#apply()
  }

  /** Sends what is held, as muted as it is. */
  goLive(): void {
    if (this.#phase.at === 'off') return
    const { muted, capture } = this.#phase
    this.#phase = { at: 'published', muted, lost: false, capture }
    this.#apply()
  }

  silence(): void {
    if (this.#phase.at === 'off') return
    this.#phase = { ...this.#phase, muted: true }
    this.#apply()
  }

  speak(): void {
    if (this.#phase.at === 'off') return
    this.#phase = { ...this.#phase, muted: false }
    this.#apply()
  }

  /** Frees our own device for another one that cannot be opened beside it. Whether there was one. */
  letGo(): boolean {
    const phase = this.#phase
    if (phase.at !== 'published' || !phase.capture?.isOwn) return false
    phase.capture.close()
    this.#outlet.cut()
    this.#phase = { ...phase, capture: null, lost: !phase.muted && 'let go' }
    this.#options.onChange()
    return true
  }

  /** Whether our own device was let go, and nothing has taken its place. */
  get hasLetGo(): boolean {
    return this.#phase.at === 'published' && this.#phase.lost === 'let go'
  }

  /** A picture goes black first; `cut` ends that at once. */
  end(): void {
    if (this.#phase.at === 'off') return
    const { capture } = this.#phase
    this.#phase = OFF
    if (capture) this.#outlet.hush(capture, () => capture.close(this.#outlet.settled))
    this.#options.onChange()
  }

  cut(): void {
    this.#outlet.cut()
  }

  #apply(): void {
    const phase = this.#phase
    if (phase.at !== 'off' && phase.capture) {
      if (phase.muted) this.#rest(phase.capture)
      else if (phase.at === 'published') this.#outlet.open(phase.capture)
    }
    this.#options.onChange()
  }

  /** A microphone stays open, so that unmuting is instant. A camera is let go, so that its light goes out. */
  #rest(capture: Capture): void {
    this.#outlet.hush(capture, () => {
      if (this.#options.source !== 'camera' || !capture.isOwn) return
      capture.close()
      if (this.#phase.at !== 'off' && this.#phase.capture === capture) this.#phase = { ...this.#phase, capture: null }
    })
  }

  #lose(capture: Capture): void {
    const phase = this.#phase
    if (phase.at === 'off' || phase.capture !== capture) return
    capture.close()
    this.#outlet.cut()
    this.#phase = { ...phase, capture: null, ...(phase.at === 'published' && { lost: !phase.muted && 'gone' }) }
    this.#options.onChange()
    this.#options.onLost(phase)
  }

  #interrupt(capture: Capture): void {
    if (this.#phase.at === 'off' || this.#phase.capture !== capture) return
    this.#options.onChange()
    this.#options.onInterrupted()
  }
}
