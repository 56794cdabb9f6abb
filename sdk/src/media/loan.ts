const loans = new WeakMap<MediaStreamTrack, Loan>()

/**
 * A track of the app while we use it, by one capture or several. What we change on it is given back as it was when the last use
 * ends. What the app changes meanwhile stays as the app wants it.
 */
export class Loan {
  readonly #track: MediaStreamTrack
  #uses = 0
  /** How the app left `enabled`, where we changed it. */
  #enabled: boolean | undefined
  #hint: { readonly before: string; readonly ours: string } | undefined

  /** To be ended as often as it is taken. */
  static of(track: MediaStreamTrack): Loan {
    const loan = loans.get(track) ?? new Loan(track)
    loans.set(track, loan)
    loan.#uses++
    return loan
  }

  private constructor(track: MediaStreamTrack) {
    this.#track = track
  }

  /** Whether the app has the track switched on. */
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
