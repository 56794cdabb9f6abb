import { Attachment, type AttachmentOptions } from './attachment'
import type { StreamKind } from './stream-kind'

/** Whose media an element plays: a participant's camera and microphone (`talk`), or its screen and that one's sound (`screen`). */
export type PlaybackTarget = {
  /** The `id` of a participant; one's own gives the self view. */
  readonly participantId: string
  /** `talk`: microphone and camera. `screen`: the shared screen and its sound. */
  readonly kind: StreamKind
}

export type PlaybackOptions = {
  /** The stable stream of a target, while it holds anything. */
  stream(target: PlaybackTarget): MediaStream | undefined
  /** One's own sound is never played: that would be an echo. */
  isSelf(participantId: string): boolean
  onBlocked(blocked: boolean): void
}

/** Elements of the page that play participants' streams, and whether the browser lets them. */
export class Playback {
  readonly #options: PlaybackOptions
  readonly #attachments = new Set<Attachment>()
  #wasBlocked = false

  constructor(options: PlaybackOptions) {
    this.#options = options
  }

  /**
   * Plays a participant's stream in an element of the page, now or as soon as there is one, and for as long as the
   * participant is there. Any number of elements may show the same participant; an element shows one: a later call replaces
   * an earlier one. Sets `srcObject`, `playsInline` (else iOS goes full screen) and, for oneself, `muted`.
   * An element that leaves the page lets go of its stream; back on the page it gets it again with the room's next change.
   *
   * @returns detaches: stops playing and gives `muted` back as it was
   */
  attach(element: HTMLMediaElement, target: PlaybackTarget): () => void {
    for (const other of this.#attachments) if (other.element === element) this.#detach(other)
    const options: AttachmentOptions = {
      stream: () => this.#options.stream(target),
      isMuted: () => this.#options.isSelf(target.participantId),
      onBlocked: () => this.#tell(),
    }
    const attachment = new Attachment(element, options)
    this.#attachments.add(attachment)
    attachment.update()
    return () => this.#detach(attachment)
  }

  /** Whether the browser refuses to play sound until a person touches the page. */
  get blocked(): boolean {
    return [...this.#attachments].some((each) => each.isBlocked)
  }

  /**
   * Plays what was refused. Call it in a click or a key press, before anything is awaited there: browsers allow sound only
   * then. Never rejects; `blocked` tells the outcome.
   */
  async resume(): Promise<void> {
    await Promise.all([...this.#attachments].map((each) => each.resume()))
  }

  /** To be called when streams appeared, changed or went. */
  update(): void {
    for (const attachment of this.#attachments) {
      if (attachment.element) attachment.update()
      else this.#attachments.delete(attachment)
    }
    this.#tell()
  }

  /** Detaches all. Idempotent. */
  close(): void {
    for (const attachment of [...this.#attachments]) this.#detach(attachment)
  }

  #detach(attachment: Attachment): void {
    attachment.close()
    this.#attachments.delete(attachment)
    this.#tell()
  }

  #tell(): void {
    const blocked = this.blocked
    if (blocked === this.#wasBlocked) return
    this.#wasBlocked = blocked
    this.#options.onBlocked(blocked)
  }
}
