import { LiveStreamError } from '../errors'
import { type Source, type SourceState, UNPUBLISHED } from '../protocol'
import { Announcements } from './announcements'
import { type Capture, isVideo } from './capture'
import type { Acquire } from './device-captures'
import { deviceError, noDevice, superseded } from './device-errors'
import { type Delays, Outlet } from './outlet'
import { announced, OFF, PUBLISHING, type SourcePhase } from './source-phase'

export type LocalSourceOptions = {
  readonly source: Source
  readonly clock: Delays
  announce(state: SourceState): Promise<void>
  fill(track: MediaStreamTrack | null): void
  /** Opens the device again after a mute; or after it was lost, when another one will do. */
  reopen(afterLoss: boolean): Acquire
  onChange(): void
  /** A shared screen or its sound was ended by the browser, and is unpublished. */
  onEnded(): void
  /** Something failed that no call waits for. */
  onError(error: LiveStreamError): void
}

/**
 * One source of our own: what was wished, what is captured, what is sent and what the room is told.
 *
 * Off acts here and now, then is announced. On checks after every wait whether it is still the last wish; what a call
 * captured in vain is released. So no call waits for another one, and none is stuck behind an open permission prompt.
 */
export class LocalSource {
  readonly #options: LocalSourceOptions
  readonly #outlet: Outlet
  readonly #announcements: Announcements
  #phase: SourcePhase = OFF
  /** The publish or switch under way; only the last one counts. */
  #attempt: object | null = null
  #published: Promise<void> = Promise.resolve()
  #reopening: { done: Promise<void> } | null = null

  constructor(options: LocalSourceOptions) {
    this.#options = options
    this.#outlet = new Outlet(options.source, options.clock, options.fill)
    this.#announcements = new Announcements({ announce: options.announce, onMuted: () => this.#silence() })
  }

  get phase(): SourcePhase {
    return this.#phase
  }

  /** What the room is, or should be, told. */
  get state(): SourceState {
    return announced(this.#phase)
  }

  /** What the room's last event said. */
  get seen(): SourceState {
    return this.#announcements.seen
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

  /** Whether it is published or about to be, with nothing amiss. */
  get isUp(): boolean {
    return this.#phase.at === 'publishing' || (this.#phase.at === 'published' && !this.#phase.interrupted)
  }

  /** Settles with the last publish. */
  get published(): Promise<void> {
    return this.#published
  }

  /** Captures and sends. While published: puts the new capture in the place of the old one, which stays if that fails. */
  publish(acquire: Acquire): Promise<void> {
    this.#published = this.#publish(acquire)
    return this.#published
  }

  async #publish(acquire: Acquire): Promise<void> {
    const attempt = {}
    this.#attempt = attempt
    if (this.#phase.at === 'off') {
      this.#outlet.cut()
      this.#phase = PUBLISHING
    }
    try {
      this.#hold(await this.#captured(acquire, () => this.#attempt === attempt))
      if (this.#phase.at === 'publishing') await this.#goLive(attempt)
      else await this.#goOn()
    } catch (error) {
      if (this.#attempt === attempt) this.#giveUp()
      throw deviceError(this.#options.source, error)
    }
  }

  async unpublish(): Promise<void> {
    const wasAnnounced = this.state.published
    this.#end()
    if (wasAnnounced) await this.#announcements.send(UNPUBLISHED)
  }

  /** Ends at once and without a word: the role is gone, or the room is. */
  drop(): void {
    this.#announcements.forget()
    this.#end()
    this.#outlet.cut()
  }

  /** Nothing is sent from this moment on, whatever becomes of the announcement. */
  async mute(): Promise<void> {
    this.#silence()
    await this.#announce()
  }

  async unmute(): Promise<void> {
    if (this.#phase.at === 'off') throw new LiveStreamError('invalid', `Publish the ${this.#options.source} first.`)
    if (!this.#phase.muted) return
    if (this.#phase.at === 'published') {
      if (!this.#phase.capture) await this.#reopen(this.#phase.interrupted)
      if (this.#phase.at !== 'published' || !this.#phase.capture) throw superseded()
      if (!this.#phase.muted) return
      this.#phase = { ...this.#phase, muted: false, interrupted: false }
    } else this.#phase = { ...this.#phase, muted: false }
    this.#send()
    const phase = this.#phase
    await this.#announce().catch((error) => {
      if (this.#phase === phase) this.#silence()
      throw error
    })
  }

  /** Frees our own device for another one that cannot be opened beside it. Whether there was one. */
  letGo(): boolean {
    const phase = this.#phase
    if (phase.at !== 'published' || !phase.capture?.isOwn) return false
    phase.capture.close()
    this.#outlet.cut()
    this.#phase = { ...phase, capture: null, interrupted: true }
    this.#options.onChange()
    return true
  }

  /** To be called at every fold with what the room says of this source. */
  follow(seen: SourceState): void {
    this.#announcements.follow(seen)
  }

  /** A capture that nobody waits for any more is released as soon as it is there. */
  async #captured(acquire: Acquire, isWanted: () => boolean): Promise<Capture> {
    const capture = await acquire(isWanted)
    if (isWanted()) return capture
    capture.close()
    throw superseded()
  }

  #hold(capture: Capture): void {
    if (this.#phase.at === 'off') return capture.close()
    this.#phase.capture?.close()
    this.#phase = { ...this.#phase, capture }
    capture.watch({
      ended: () => this.#lose(capture),
      interrupted: (now) => this.#interrupt(capture, now),
    })
    this.#options.onChange()
  }

  async #goLive(attempt: object): Promise<void> {
    if (this.#phase.at === 'publishing') this.#phase = { ...this.#phase, announced: true }
    await this.#announce()
    if (this.#attempt !== attempt || this.#phase.at !== 'publishing') throw superseded()
    this.#attempt = null
    const { muted, capture } = this.#phase
    this.#phase = { at: 'published', muted, interrupted: false, capture }
    this.#send()
  }

  async #goOn(): Promise<void> {
    this.#attempt = null
    if (this.#phase.at !== 'published') return
    const wasInterrupted = this.#phase.interrupted
    this.#phase = { ...this.#phase, interrupted: false }
    this.#send()
    if (wasInterrupted) await this.#announce()
  }

  #reopen(afterLoss: boolean): Promise<void> {
    if (this.#reopening) return this.#reopening.done
    const reopening = { done: Promise.resolve() }
    this.#reopening = reopening
    reopening.done = this.#captured(this.#options.reopen(afterLoss), () => this.#reopening === reopening)
      // A publish may have brought another one meanwhile.
      .then((capture) =>
        this.#phase.at === 'published' && this.#phase.capture ? capture.close() : this.#hold(capture),
      )
      .catch((error) => Promise.reject(deviceError(this.#options.source, error)))
      .finally(() => {
        if (this.#reopening === reopening) this.#reopening = null
      })
    return reopening.done
  }

  /** Lets the outlet follow the phase. */
  #send(): void {
    const phase = this.#phase
    if (phase.at !== 'off' && phase.capture) {
      if (phase.muted) this.#rest(phase.capture)
      else if (phase.at === 'published') this.#outlet.open(phase.capture.track)
    }
    this.#options.onChange()
  }

  #silence(): void {
    this.#reopening = null
    if (this.#phase.at === 'off') return
    this.#phase = { ...this.#phase, muted: true }
    this.#send()
  }

  /** A microphone stays open, so that unmuting is instant. A camera is let go, so that its light goes out. */
  #rest(capture: Capture): void {
    this.#outlet.hush(capture.track, () => {
      if (this.#options.source !== 'camera' || !capture.isOwn) return
      capture.close()
      if (this.#phase.at !== 'off' && this.#phase.capture === capture) this.#phase = { ...this.#phase, capture: null }
    })
  }

  #giveUp(): void {
    this.#attempt = null
    if (this.#phase.at === 'publishing') this.#quietly(this.unpublish())
  }

  #end(): void {
    this.#attempt = null
    this.#reopening = null
    if (this.#phase.at === 'off') return
    const { capture } = this.#phase
    this.#phase = OFF
    if (capture) this.#outlet.hush(capture.track, () => capture.close())
    this.#options.onChange()
  }

  #lose(capture: Capture): void {
    const phase = this.#phase
    if (phase.at === 'off' || phase.capture !== capture) return
    capture.close()
    this.#outlet.cut()
    if (phase.at === 'publishing' || this.#options.source.startsWith('screen')) {
      this.#quietly(this.unpublish())
      if (phase.at === 'publishing') this.#options.onError(noDevice(this.#options.source))
      else this.#options.onEnded()
      return
    }
    this.#phase = { ...phase, capture: null, interrupted: !phase.muted }
    this.#options.onChange()
    if (phase.muted) return
    this.#quietly(this.#announce())
    this.#recover(capture)
  }

  #recover(lost: Capture): void {
    const { source, reopen, onError } = this.#options
    if (source !== 'microphone' || !lost.isOwn) return onError(noDevice(source))
    if (this.#attempt) return
    this.publish(reopen(true)).catch((error: LiveStreamError) => {
      if (error.code !== 'aborted') onError(error)
    })
  }

  #interrupt(capture: Capture, now: boolean): void {
    const phase = this.#phase
    if (phase.at !== 'published' || phase.capture !== capture || phase.interrupted === now) return
    this.#phase = { ...phase, interrupted: now }
    this.#options.onChange()
    this.#quietly(this.#announce())
  }

  async #announce(): Promise<void> {
    if (this.state.published) await this.#announcements.send(this.state)
  }

  /** What nobody asked for fails in silence: the client states everything anew when it is back in the room. */
  #quietly(work: Promise<void>): void {
    work.catch(() => {})
  }
}
