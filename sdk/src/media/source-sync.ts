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
 * It distinguishes a moderator's mute from the echo of our own updates. And updates of ours that were sent at the same time, such as
 * an unmute, must not undo the mute.
 */
export class SourceSync {
  readonly #ports: SourceSyncPorts
  #remote: SourceState = UNPUBLISHED
  #own: SourceState = UNPUBLISHED
  /** Our updates without a reply so far. */
  readonly #pending = new Set<SourceChange>()
  /** The state changed after pending updates were sent: they may have undone the change. */
  #overtaken = false

  constructor(ports: SourceSyncPorts) {
    this.#ports = ports
  }

  /** Whether the room knows this state by its last event. */
  isKnown({ published, muted, interrupted }: SourceState): boolean {
    const room = this.#remote
    return published === room.published && muted === room.muted && interrupted === room.interrupted
  }

  /** Tells the room what it does not know yet, and no more. Settles with the server's reply. */
  async send(state: SourceState): Promise<void> {
    this.#own = state
    const change = this.#unknownOf(state)
    this.#pending.add(change)
    try {
      await this.#ports.updateMedia(change)
    } finally {
      this.#pending.delete(change)
      this.#settle()
    }
  }

  /** To be called with each new state of the room, before the reply of a command settles. */
  applyRemoteState(state: SourceState): void {
    const becameMuted = state.muted && !this.#remote.muted
    this.#remote = state
    if (!this.#isMutedAgainstUs()) return
    // With pending updates, it was a moderator if none of them mutes. Otherwise `#settle` decides.
    const saidSo = [...this.#pending].some(({ muted }) => muted)
    if (this.#pending.size > 0 && (saidSo || !becameMuted)) return
    this.#overtaken = this.#pending.size > 0
    this.#obey()
  }

  /** The source was ended without an update. */
  reset(): void {
    this.#own = UNPUBLISHED
    this.#overtaken = this.#pending.size > 0
  }

  /**
   * The flags in which the room differs from us, or may differ after pending updates. Other flags are left out: a moderator may be
   * changing them now.
   */
  #unknownOf({ published, muted, interrupted }: SourceState): SourceChange {
    const isUnknown = (flag: keyof SourceChange, value: boolean) =>
      value !== this.#remote[flag] || [...this.#pending].some((change) => change[flag] !== undefined)
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
    if (this.#pending.size > 0) return
    if (this.#isMutedAgainstUs()) this.#obey()
    const isUndone = this.#overtaken && (this.#remote.published !== this.#own.published || this.#isUnmutedAgainstUs())
    this.#overtaken = false
    // If this fails, the room's state differs from ours until the next update; in both states nothing is sent.
    if (isUndone) this.send(this.#own).catch(() => {})
  }
}
