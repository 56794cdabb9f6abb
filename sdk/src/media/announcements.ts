import { type SourceState, UNPUBLISHED } from '../protocol'

type AnnouncementsOptions = {
  announce(state: SourceState): Promise<void>
  /** A moderator muted the source. */
  onMuted(): void
}

/**
 * What the room is told of one source, and what it says of it.
 *
 * Its task is to tell a moderator's mute from the echo of our own words, and to see that words of ours that were under way at the
 * same time (about an interruption, say) do not undo what was done to us.
 */
export class Announcements {
  readonly #options: AnnouncementsOptions
  #seen: SourceState = UNPUBLISHED
  #last: SourceState = UNPUBLISHED
  #underWay = 0
  #mutesUnderWay = 0
  /** Something happened that words under way did not know of: they may have undone it. */
  #overtaken = false

  constructor(options: AnnouncementsOptions) {
    this.#options = options
  }

  /** What the room's last event said. */
  get seen(): SourceState {
    return this.#seen
  }

  /** Settles with the server's reply. */
  async send(state: SourceState): Promise<void> {
    this.#last = state
    this.#underWay++
    if (state.muted) this.#mutesUnderWay++
    try {
      await this.#options.announce(state)
    } finally {
      this.#underWay--
      if (state.muted) this.#mutesUnderWay--
      this.#settle()
    }
  }

  /** To be called at every fold, before the reply of a command settles. */
  follow(state: SourceState): void {
    const becameMuted = state.muted && !this.#seen.muted
    this.#seen = state
    if (!this.#isMutedAgainstUs()) return
    // While words of ours are under way it was a moderator if none of them said so. Else `#settle` will see.
    if (this.#underWay > 0 && !(becameMuted && this.#mutesUnderWay === 0)) return
    this.#overtaken = this.#underWay > 0
    this.#obey()
  }

  /** The source is given up without a word: whoever ended it knows. */
  forget(): void {
    this.#last = UNPUBLISHED
    this.#overtaken = this.#underWay > 0
  }

  #obey(): void {
    this.#last = { ...this.#last, muted: true }
    this.#options.onMuted()
  }

  #isMutedAgainstUs(): boolean {
    return this.#seen.published && this.#seen.muted && this.#last.published && !this.#last.muted
  }

  #isUnmutedAgainstUs(): boolean {
    return this.#seen.published && !this.#seen.muted && this.#last.muted
  }

  #settle(): void {
    if (this.#underWay > 0) return
    if (this.#isMutedAgainstUs()) this.#obey()
    const isUndone = this.#overtaken && (this.#seen.published !== this.#last.published || this.#isUnmutedAgainstUs())
    this.#overtaken = false
    // A failure leaves the room's word behind ours until the next one; nothing is sent either way.
    if (isUndone) this.send(this.#last).catch(() => {})
  }
}
