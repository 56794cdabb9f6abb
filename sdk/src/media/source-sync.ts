import { type SourceChange, type SourceState, UNPUBLISHED } from '../protocol'

export type SourceSyncPorts = {
  /** Tells the room (`media.update`). Settles with the reply. @throws LiveStreamError */
  updateMedia(change: SourceChange): Promise<void>
  /** A moderator muted the source. */
  onMuted(): void
}

/**
 * Keeps the room's state of one source and our own the same.
 *
 * Its task is to tell a moderator's mute from the echo of our own updates, and to see that updates of ours that were under way at the
 * same time (an unmute, say) do not undo what was done to us.
 */
export class SourceSync {
  readonly #ports: SourceSyncPorts
  #remote: SourceState = UNPUBLISHED
  #own: SourceState = UNPUBLISHED
  /** What we sent and have no answer to. */
  readonly #underWay = new Set<SourceChange>()
  /** Something happened that updates under way did not know of: they may have undone it. */
  #overtaken = false

  constructor(ports: SourceSyncPorts) {
    this.#ports = ports
  }

  /** Whether the room's last event says the same. */
  isKnown({ published, muted, interrupted }: SourceState): boolean {
    const room = this.#remote
    return published === room.published && muted === room.muted && interrupted === room.interrupted
  }

  /** Tells the room what it does not know yet, and no more. Settles with the server's reply. */
  async send(state: SourceState): Promise<void> {
    this.#own = state
    const change = this.#unknownOf(state)
    this.#underWay.add(change)
    try {
      await this.#ports.updateMedia(change)
    } finally {
      this.#underWay.delete(change)
      this.#settle()
    }
  }

  /** To be called with each new state of the room, before the reply of a command settles. */
  applyRemoteState(state: SourceState): void {
    const becameMuted = state.muted && !this.#remote.muted
    this.#remote = state
    if (!this.#isMutedAgainstUs()) return
    // While updates of ours are under way it was a moderator if none of them said so. Else `#settle` will see.
    const saidSo = [...this.#underWay].some(({ muted }) => muted)
    if (this.#underWay.size > 0 && (saidSo || !becameMuted)) return
    this.#overtaken = this.#underWay.size > 0
    this.#obey()
  }

  /** The source is given up without an event: the caller that ended it knows. */
  forget(): void {
    this.#own = UNPUBLISHED
    this.#overtaken = this.#underWay.size > 0
  }

  /**
   * The flags in which the room differs from us, or may come to by updates under way. Of the others we say nothing: a
   * moderator may be changing them right now.
   */
  #unknownOf({ published, muted, interrupted }: SourceState): SourceChange {
    const isUnknown = (flag: keyof SourceChange, value: boolean) =>
      value !== this.#remote[flag] || [...this.#underWay].some((change) => change[flag] !== undefined)
    return {
      ...(isUnknown('published', published) ? { published } : {}),
      ...(isUnknown('muted', muted) ? { muted } : {}),
      ...(isUnknown('interrupted', interrupted) ? { interrupted } : {}),
    }
  }

  #obey(): void {
    this.#own = { ...this.#own, muted: true }
    this.#ports.onMuted()
  }

  #isMutedAgainstUs(): boolean {
    return this.#remote.published && this.#remote.muted && this.#own.published && !this.#own.muted
  }

  #isUnmutedAgainstUs(): boolean {
    return this.#remote.published && !this.#remote.muted && this.#own.muted
  }

  #settle(): void {
    if (this.#underWay.size > 0) return
    if (this.#isMutedAgainstUs()) this.#obey()
    const isUndone = this.#overtaken && (this.#remote.published !== this.#own.published || this.#isUnmutedAgainstUs())
    this.#overtaken = false
    // A failure leaves the room's state behind ours until the next one; nothing is sent either way.
    if (isUndone) this.send(this.#own).catch(() => {})
  }
}
