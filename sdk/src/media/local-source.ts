import { LiveStreamError } from '../errors'
import { type Source, type SourceChange, type SourceState, UNPUBLISHED } from '../protocol'
import { Announcements } from './announcements'
import type { Capture } from './capture'
import { isDevice } from './constraints'
import type { Acquire } from './device-captures'
import { deviceError, endedTrack, mayBeOfOneDevice, superseded } from './device-errors'
import { LocalSlot, type SlotPhase } from './local-slot'
import type { Delays } from './outlet'

export type LocalSourceOptions = {
  readonly source: Source
  readonly clock: Delays
  announce(change: SourceChange): Promise<void>
  fill(track: MediaStreamTrack | null): Promise<void>
  /** Opens the device again after a mute or a loss; where it is gone, another one will do. */
  reopen(): Acquire
  /** Opens the device again that was let go for another one. */
  again(): Acquire
  /** Opens this device or none. */
  exactly(deviceId: string): Acquire
  /** What to tell where our own device was lost. */
  whyLost(): Promise<LiveStreamError>
  onChange(): void
  /** A shared screen or its sound was ended by the browser, and is unpublished. */
  onEnded(): void
  /** Something failed that no call waits for. */
  onError(error: LiveStreamError): void
}

/**
 * One source of our own, and the calls for it.
 *
 * Off acts here and now, then is announced. On checks after every wait whether it is still the last wish; what a call
 * captured in vain is released. So no call waits for another one, and none is stuck behind an open permission prompt.
 */
export class LocalSource {
  readonly slot: LocalSlot
  readonly #options: LocalSourceOptions
  readonly #announcements: Announcements
  /** The publish or switch under way; only the last one counts. */
  #attempt: AbortController | null = null
  #published: Promise<void> = Promise.resolve()
  #lost: string | undefined
  #reopening: { readonly wish: AbortController; done: Promise<void> } | null = null

  constructor(options: LocalSourceOptions) {
    this.#options = options
    this.slot = new LocalSlot({
      source: options.source,
      clock: options.clock,
      fill: options.fill,
      onChange: options.onChange,
      onLost: (phase) => this.#recover(phase),
      onInterrupted: () => this.#announceQuietly(),
    })
    this.#announcements = new Announcements({ announce: options.announce, onMuted: () => this.#silence() })
  }

  /** Whether it is published or about to be, with nothing amiss. */
  get isUp(): boolean {
    const { phase } = this.slot
    return phase.at === 'publishing' || (phase.at === 'published' && !this.slot.state.interrupted)
  }

  /** Settles with the last publish. */
  get published(): Promise<void> {
    return this.#published
  }

  /**
   * Captures and sends. While published: puts the new capture in the place of the old one, which stays if that fails.
   * @param acquire null: nothing is opened before `unmute`
   */
  publish(acquire: Acquire | null, isMuted = false): Promise<void> {
    this.#lost = undefined
    return this.#begin(acquire, isMuted)
  }

  /** The device that went away while it was in use, until another one is chosen or it is back. */
  get lost(): string | undefined {
    return this.#lost
  }

  /** The lost device is there again: it is taken in the place of what took its own. A camera that is off waits for `unmute`. */
  takeLost(): void {
    const { phase } = this.slot
    const { source, exactly, onError } = this.#options
    if (this.#lost === undefined || this.#attempt || phase.at !== 'published') return
    if (source === 'camera' && phase.muted) return
    const deviceId = this.#lost
    const taken = phase.capture?.deviceId === deviceId ? Promise.resolve() : this.#begin(exactly(deviceId))
    taken.then(
      () => {
        this.#lost = undefined
      },
      (error: LiveStreamError) => {
        if (error.code !== 'aborted') onError(error)
      },
    )
  }

  /**
   * For a wish that any device fulfils: what is there, or what a publish under way brings. The failure of that one is no
   * answer to this wish where its device was to blame: then this one asks for itself.
   */
  async join(): Promise<void> {
    const { at } = this.slot.phase
    if (at === 'published') return
    if (at === 'off') return this.publish(this.#options.reopen())
    await this.#published.catch((error: LiveStreamError) => {
      if (!mayBeOfOneDevice(error)) throw error
      return this.join()
    })
  }

  async unpublish(): Promise<void> {
    const wasAnnounced = this.slot.state.published
    this.#end()
    if (wasAnnounced) await this.#announcements.send(UNPUBLISHED)
  }

  /** Ends at once and without a word: the role is gone, or the room is. */
  drop(): void {
    this.#announcements.forget()
    this.#end()
    this.slot.cut()
  }

  /** Nothing is sent from this moment on, whatever becomes of the announcement. */
  async mute(): Promise<void> {
    this.#silence()
    await this.#announce()
  }

  async unmute(): Promise<void> {
    const { phase } = this.slot
    if (phase.at === 'off') throw new LiveStreamError('invalid', `Publish the ${this.#options.source} first.`)
    if (!phase.muted) return
    const isComing = phase.at === 'publishing' && !phase.announced
    if (!phase.capture && !isComing) {
      await this.#reopen()
      const now = this.slot.phase
      if (now.at === 'off' || !now.capture) throw superseded()
    }
    this.slot.speak()
    const spoken = this.slot.phase
    await this.#announce().catch((error) => {
      if (this.slot.phase === spoken) this.#silence()
      throw error
    })
  }

  /** To be called at every fold with what the room says of this source. */
  follow(seen: SourceState): void {
    this.#announcements.follow(seen)
  }

  /** Tells the room what it lacks of ours, if it lacks anything. */
  async restate(): Promise<void> {
    const { state } = this.slot
    if (!isSame(state, this.#announcements.seen)) await this.#announcements.send(state)
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
      if (acquire) this.slot.hold(await this.#capturedAlone(acquire, attempt.signal))
      await this.#goLive(attempt)
    } catch (error) {
      if (this.#attempt === attempt) this.#giveUp()
      throw deviceError(this.#options.source, error)
    }
  }

  /** A first publish waits for the room's yes. What takes the place of another capture needs none. */
  async #goLive(attempt: AbortController): Promise<void> {
    if (this.slot.phase.at === 'publishing') {
      this.slot.ask()
      await this.#announce()
      if (this.#attempt !== attempt || this.slot.phase.at !== 'publishing') throw superseded()
    }
    this.#attempt = null
    this.slot.goLive()
    await this.restate()
  }

  /**
   * Phones open one camera at a time: there the old one has to go first, and comes back if the new one fails. A wish that took the
   * place of another one owes that too.
   */
  async #capturedAlone(acquire: Acquire, wish: AbortSignal): Promise<Capture> {
    try {
      return await this.#captured(acquire, wish).catch((error) => {
        if (!isInUse(error) || wish.aborted || !this.slot.letGo()) throw error
        this.#announceQuietly()
        return this.#captured(acquire, wish)
      })
    } catch (error) {
      if (!wish.aborted && this.slot.hasLetGo) await this.#takeBack(wish)
      throw error
    }
  }

  async #takeBack(wish: AbortSignal): Promise<void> {
    try {
      this.slot.hold(await this.#captured(this.#options.again(), wish))
      this.slot.goLive()
      this.#announceQuietly()
    } catch (error) {
      if (!wish.aborted) this.#options.onError(deviceError(this.#options.source, error))
    }
  }

  /** A capture that no call waits for any more is released as soon as it is there. */
  async #captured(acquire: Acquire, wish: AbortSignal): Promise<Capture> {
    const capture = await acquire(wish)
    if (!wish.aborted) return capture
    capture.close()
    throw superseded()
  }

  #reopen(): Promise<void> {
    if (this.#reopening) return this.#reopening.done
    const reopening = { wish: new AbortController(), done: Promise.resolve() }
    this.#reopening = reopening
    reopening.done = this.#captured(this.#options.reopen(), reopening.wish.signal)
      .then((capture) => this.#holdReopened(capture))
      .catch((error) => Promise.reject(deviceError(this.#options.source, error)))
      .finally(() => {
        if (this.#reopening === reopening) this.#reopening = null
      })
    return reopening.done
  }

  /** A publish may have brought another capture meanwhile. That is the later wish. */
  #holdReopened(capture: Capture): void {
    const { phase } = this.slot
    if (phase.at !== 'off' && phase.capture) capture.close()
    else this.slot.hold(capture)
  }

  #silence(): void {
    this.#reopening?.wish.abort()
    this.#reopening = null
    this.slot.silence()
  }

  #end(): void {
    this.#lost = undefined
    this.#attempt?.abort()
    this.#attempt = null
    this.#reopening?.wish.abort()
    this.#reopening = null
    this.slot.end()
  }

  #giveUp(): void {
    this.#attempt = null
    if (this.slot.phase.at === 'publishing') this.unpublish().catch(() => {})
  }

  #recover(before: SlotPhase): void {
    const { source, onEnded } = this.#options
    const isOwn = before.at !== 'off' && before.capture?.isOwn === true
    if (before.at === 'published' && isDevice(source)) {
      if (before.muted) return
      this.#lost = before.capture?.deviceId
      this.#announceQuietly()
      void this.#afterLoss(isOwn)
      return
    }
    this.unpublish().catch(() => {})
    if (before.at === 'published') onEnded()
    else void this.#afterLoss(isOwn)
  }

  /** A lost microphone is worth one try with another one, without a question; of anything else the app is told. */
  async #afterLoss(isOwn: boolean): Promise<void> {
    const { source, reopen, whyLost, onError } = this.#options
    const error = isOwn ? await whyLost() : endedTrack(source)
    const { phase } = this.slot
    const triesAnother = source === 'microphone' && isOwn && error.code === 'no_device' && phase.at === 'published'
    if (!triesAnother) return onError(error)
    if (this.#attempt || phase.capture) return
    this.#begin(reopen()).catch((failed: LiveStreamError) => {
      if (failed.code !== 'aborted') onError(failed)
    })
  }

  async #announce(): Promise<void> {
    if (this.slot.state.published) await this.#announcements.send(this.slot.state)
  }

  /** A failure that no call caused is not reported: the client sends all its slots again when it is back in the room. */
  #announceQuietly(): void {
    this.#announce().catch(() => {})
  }
}

const isInUse = (error: unknown): boolean => error instanceof LiveStreamError && error.code === 'device_in_use'

const isSame = (a: SourceState, b: SourceState): boolean =>
  a.published === b.published && a.muted === b.muted && a.interrupted === b.interrupted
