import { Attachment, type AttachmentOptions } from './attachment'
import type { PageMoves } from './page-moves'
import type { StreamKind } from './stream-kind'

/** Whose media an element plays: a participant's camera and microphone (`talk`), or its screen and that one's sound (`screen`). */
export type PlaybackTarget = {
  /** The `id` of a participant; one's own gives the self view. */
  readonly participantId: string
  /** `talk`: microphone and camera. `screen`: the shared screen and its sound. */
  readonly kind: StreamKind
}

/** How one hears a participant here. The room knows nothing of it. */
export type SoundWish = {
  /** 0 to 1. Undefined: as the element has it. */
  readonly volume?: number
  readonly mutedForMe?: boolean
}

export type PlaybackOptions = {
  /** The stable stream of a target, while it holds anything. */
  stream(target: PlaybackTarget): MediaStream | undefined
  /** One's own sound is never played: that would be an echo. */
  isSelf(participantId: string): boolean
  /** Watches the page, with a callback for each change. */
  pageMoves(moved: () => void): PageMoves
  onBlocked(blocked: boolean): void
}

/** Elements of the page that play participants' streams, and whether the browser lets them. */
export class Playback {
  readonly #options: PlaybackOptions
  readonly #attachments = new Map<Attachment, PlaybackTarget>()
  /** By participant: they outlive the elements, which come and go. */
  readonly #wishes = new Map<string, SoundWish>()
  #moves: PageMoves | undefined
  #wasBlocked = false

  constructor(options: PlaybackOptions) {
    this.#options = options
  }

  /**
   * Plays a participant's stream in an element of the page, now or as soon as there is one, and for as long as the
   * participant is there. Any number of elements may show the same participant; an element shows one: a later call replaces
   * an earlier one. Sets `srcObject`, `playsInline` (else iOS goes full screen) and, for your own, `muted`.
   * An element that leaves the page lets go of its stream, and plays it again when it is back, unless the app has paused it.
   *
   * @returns detaches: stops playing, and gives back what was changed of `muted` and `volume`
   */
  attach(element: HTMLMediaElement, target: PlaybackTarget): () => void {
    for (const other of this.#attachments.keys()) if (other.element === element) this.#detach(other)
    const options: AttachmentOptions = {
      stream: () => this.#options.stream(target),
      isMuted: () =>
        this.#options.isSelf(target.participantId) || this.wishOf(target.participantId).mutedForMe === true,
      volume: () => this.wishOf(target.participantId).volume,
      onBlocked: () => this.#tell(),
    }
    const attachment = new Attachment(element, options)
    this.#attachments.set(attachment, target)
    this.#moves ??= this.#options.pageMoves(() => this.#moved())
    this.#moves.watch(element)
    attachment.update()
    return () => this.#detach(attachment)
  }

  /** Whether the browser plays no sound until a person touches the page. */
  get blocked(): boolean {
    return [...this.#attachments.keys()].some((each) => each.isBlocked)
  }

  /**
   * Plays what was refused. Call it in a click or a key press, before anything is awaited there: browsers allow sound only
   * then. Never rejects; `blocked` tells the outcome.
   */
  async resume(): Promise<void> {
    await Promise.all([...this.#attachments.keys()].map((each) => each.resume()))
  }

  /** To be called when streams appeared, changed or went. */
  update(): void {
    for (const attachment of this.#attachments.keys()) {
      if (attachment.element) attachment.update()
      else this.#forget(attachment)
    }
    this.#tell()
  }

  /** How a participant is to be heard. */
  wishOf(participantId: string): SoundWish {
    return this.#wishes.get(participantId) ?? {}
  }

  /** In all elements of a participant, now and later. What is not said stays. */
  wish(participantId: string, wish: SoundWish): void {
    this.#wishes.set(participantId, { ...this.wishOf(participantId), ...wish })
    for (const [attachment, target] of this.#attachments)
      if (target.participantId === participantId) attachment.updateSound()
  }

  /** Forgets how all others are to be heard. */
  keepWishes(participantIds: readonly string[]): void {
    for (const id of this.#wishes.keys()) if (!participantIds.includes(id)) this.#wishes.delete(id)
  }

  /** Detaches all. Idempotent. */
  close(): void {
    for (const attachment of [...this.#attachments.keys()]) this.#detach(attachment)
  }

  #detach(attachment: Attachment): void {
    attachment.close()
    this.#forget(attachment)
    this.#tell()
  }

  #forget(attachment: Attachment): void {
    this.#attachments.delete(attachment)
    if (this.#attachments.size > 0) return
    this.#moves?.end()
    this.#moves = undefined
  }

  #moved(): void {
    for (const attachment of this.#attachments.keys()) attachment.moved()
  }

  #tell(): void {
    const blocked = this.blocked
    if (blocked === this.#wasBlocked) return
    this.#wasBlocked = blocked
    this.#options.onBlocked(blocked)
  }
}
