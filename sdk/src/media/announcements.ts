import { type SourceChange, type SourceState, UNPUBLISHED } from '../protocol'

type AnnouncementsOptions = {
  announce(change: SourceChange): Promise<void>
  /** A moderator muted the source. */
  onMuted(): void
}

/**
 * What the room is told of one source, and what it says of it.
 *
 * Its task is to tell a moderator's mute from the echo of our own words, and to see that words of ours that were under way at the
 * same time (an unmute, say) do not undo what was done to us.
 */
export class Announcements {
  readonly #options: AnnouncementsOptions
  #seen: SourceState = UNPUBLISHED
  #last: SourceState = UNPUBLISHED
  /** What we said and have no answer to. */
  readonly #underWay = new Set<SourceChange>()
  /** Something happened that words under way did not know of: they may have undone it. */
  #overtaken = false

  constructor(options: AnnouncementsOptions) {
    this.#options = options
  }

  /** What the room's last event said. */
  get seen(): SourceState {
    return this.#seen
  }

  /** Says what the room does not know yet, and no more. Settles with the server's reply. */
  async send(state: SourceState): Promise<void> {
    this.#last = state
    const change = this.#unknownOf(state)
    this.#underWay.add(change)
    try {
      await this.#options.announce(change)
    } finally {
      this.#underWay.delete(change)
      this.#settle()
    }
  }

  /** To be called at every fold, before the reply of a command settles. */
  follow(state: SourceState): void {
    const becameMuted = state.muted && !this.#seen.muted
    this.#seen = state
    if (!this.#isMutedAgainstUs()) return
    // While words of ours are under way it was a moderator if none of them said so. Else `#settle` will see.
    const saidSo = [...this.#underWay].some(({ muted }) => muted)
    if (this.#underWay.size > 0 && (saidSo || !becameMuted)) return
    this.#overtaken = this.#underWay.size > 0
    this.#obey()
  }

  /** The source is given up without an event: the caller that ended it knows. */
  forget(): void {
    this.#last = UNPUBLISHED
    this.#overtaken = this.#underWay.size > 0
  }

  /**
   * The flags in which the room differs from us, or may come to by words under way. Of the others we say nothing: a
   * moderator may be changing them right now.
   */
  #unknownOf({ published, muted, interrupted }: SourceState): SourceChange {
    const isUnknown = (flag: keyof SourceChange, value: boolean) =>
      value !== this.#seen[flag] || [...this.#underWay].some((change) => change[flag] !== undefined)
    return {
      ...(isUnknown('published', published) ? { published } : {}),
      ...(isUnknown('muted', muted) ? { muted } : {}),
      ...(isUnknown('interrupted', interrupted) ? { interrupted } : {}),
    }
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
    if (this.#underWay.size > 0) return
    if (this.#isMutedAgainstUs()) this.#obey()
    const isUndone = this.#overtaken && (this.#seen.published !== this.#last.published || this.#isUnmutedAgainstUs())
    this.#overtaken = false
    // A failure leaves the room's word behind ours until the next one; nothing is sent either way.
    if (isUndone) this.send(this.#last).catch(() => {})
  }
}
