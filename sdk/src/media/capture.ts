import { LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { endedTrack } from './device-errors'

/** Events of a track: it ends when its device is removed, and is muted while the system uses the device. */
type CaptureEvents = { ended(): void; interrupted(): void }

/**
 * One track in use, from its capture to its release.
 *
 * A track that the SDK captured is stopped on release, which turns the device off. A track that the app gave is never stopped, and
 * gets its properties back.
 */
export class Capture {
  readonly track: MediaStreamTrack
  readonly isOwn: boolean
  /** The device of a track that the SDK captured, if the browser tells it. Kept here, as an ended track may not have it. */
  readonly deviceId: string | undefined
  readonly #loan: TrackLoan | null
  #unwatch: () => void = () => {}
  #closed = false

  constructor(track: MediaStreamTrack, { isOwn }: { isOwn: boolean }) {
    this.track = track
    this.isOwn = isOwn
    this.deviceId = isOwn ? track.getSettings().deviceId : undefined
    this.#loan = isOwn ? null : TrackLoan.of(track)
  }

  /** Whether it may be sent: false for a track that the app has disabled. */
  get isOn(): boolean {
    return this.#loan?.enabled ?? true
  }

  /** Whether the system uses the device now. */
  get isInterrupted(): boolean {
    return this.track.muted
  }

  enable(on: boolean): void {
    if (this.#loan) this.#loan.enable(on)
    else this.track.enabled = on
  }

  /** What matters in the picture; see `MediaStreamTrack.contentHint`. */
  hint(contentHint: string): void {
    if (this.#loan) this.#loan.hint(contentHint)
    else this.track.contentHint = contentHint
  }

  watch(events: CaptureEvents): void {
    this.#unwatch()
    const listeners = {
      ended: () => events.ended(),
      mute: () => events.interrupted(),
      unmute: () => events.interrupted(),
    }
    for (const [name, listener] of Object.entries(listeners)) this.track.addEventListener(name, listener)
    this.#unwatch = () => {
      for (const [name, listener] of Object.entries(listeners)) this.track.removeEventListener(name, listener)
    }
  }

  /**
   * Idempotent; no event comes after it.
   * @param unsent when no link sends the track any more: until then a track of the app is not enabled again
   */
  close(unsent: Promise<void> = Promise.resolve()): void {
    if (this.#closed) return
    this.#closed = true
    this.#unwatch()
    if (this.isOwn) this.track.stop()
    else void unsent.then(() => this.#loan?.end())
  }
}

/** @throws LiveStreamError `no_device` for a track that has ended, `unsatisfied_constraints` for one of the wrong kind */
export function givenCapture(source: Source, track: MediaStreamTrack): Capture {
  const kind = isVideo(source) ? 'video' : 'audio'
  if (track.kind !== kind) {
    throw new LiveStreamError(
      'unsatisfied_constraints',
      `The ${source} takes a track of kind ${kind}, not ${track.kind}.`,
      { source },
    )
  }
  if (track.readyState === 'ended') throw endedTrack(source)
  return new Capture(track, { isOwn: false })
}

export const isVideo = (source: Source): boolean => source === 'camera' || source === 'screen'

const loans = new WeakMap<MediaStreamTrack, TrackLoan>()

/**
 * A track of the app while the SDK uses it, in one capture or several. When the last use ends, properties that the SDK changed get
 * their old values back, except those that the app has changed meanwhile.
 */
export class TrackLoan {
  readonly #track: MediaStreamTrack
  #uses = 0
  /** The app's value of `enabled`, if the SDK changed it. */
  #enabled: boolean | undefined
  #hint: { readonly before: string; readonly ours: string } | undefined

  /** Call `end()` once for each call. */
  static of(track: MediaStreamTrack): TrackLoan {
    const loan = loans.get(track) ?? new TrackLoan(track)
    loans.set(track, loan)
    loan.#uses++
    return loan
  }

  private constructor(track: MediaStreamTrack) {
    this.#track = track
  }

  /** Whether the app has enabled the track. */
  get enabled(): boolean {
    return this.#enabled ?? this.#track.enabled
  }

  enable(on: boolean): void {
    if (this.#track.enabled === on) return
    this.#enabled = this.#enabled === on ? undefined : !on
    this.#track.enabled = on
  }

  hint(ours: string): void {
    this.#hint ??= { before: this.#track.contentHint, ours }
    this.#hint = { ...this.#hint, ours }
    this.#track.contentHint = ours
  }

  end(): void {
    this.#uses--
    if (this.#uses > 0) return
    loans.delete(this.#track)
    if (this.#enabled !== undefined) this.#track.enabled = this.#enabled
    // Tracks of Node and of Firefox have no hint.
    if (this.#hint !== undefined && this.#hint.ours === this.#track.contentHint) {
      this.#track.contentHint = this.#hint.before
    }
  }
}
