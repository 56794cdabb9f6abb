import type { SoundOptions, StreamKind } from '../ports/participant-media'
import { Attachment, type AttachmentPorts } from './attachment'

/** What an element plays: a participant's camera and microphone (`talk`), or its screen and the screen's sound (`screen`). */
export type PlaybackTarget = {
  /** The `id` of a participant; your own shows the self view. */
  readonly participantId: string
  /** `talk`: microphone and camera. `screen`: the shared screen and its sound. */
  readonly kind: StreamKind
}

export type PlaybackPorts = {
  /** The stable stream of a target, while it contains a track. */
  stream(target: PlaybackTarget): MediaStream | undefined
  /** Whether it is our own participant: its sound is never played, as that would be an echo. */
  isSelf(participantId: string): boolean
  /** Watches the page, with a callback for each change. */
  observeDom(changed: () => void): DomObserver
  onBlocked(blocked: boolean): void
}

/** Calls back when elements were added to the page or removed: once for all changes of one task. */
type DomObserver = {
  /** Watches the document and the shadow trees that contain this element now. */
  watch(element: Element): void
  end(): void
}

const TREE = { childList: true, subtree: true }

export function observeDom(changed: () => void): DomObserver {
  const observer = new MutationObserver(changed)
  return {
    watch: (element) => {
      observer.observe(element.ownerDocument, TREE)
      // An observer of a document does not see its shadow trees. `instanceof ShadowRoot` fails for those of a frame or popup.
      for (let root = element.getRootNode(); 'host' in root; root = (root as ShadowRoot).host.getRootNode())
        observer.observe(root, TREE)
    },
    end: () => observer.disconnect(),
  }
}

/** The elements that play participants' streams, and whether the browser blocks them. */
export class Playback {
  readonly #ports: PlaybackPorts
  readonly #attachments = new Map<Attachment, PlaybackTarget>()
  /** By participant, as they are kept longer than the elements. */
  readonly #sounds = new Map<string, SoundOptions>()
  #observer: DomObserver | undefined
  #wasBlocked = false

  constructor(ports: PlaybackPorts) {
    this.#ports = ports
  }

  /**
   * Plays a participant's stream in an element of the page, now or as soon as there is one, and for as long as the
   * participant is there. Any number of elements may show the same participant; an element shows one: a later call replaces
   * an earlier one. Sets `srcObject`, `playsInline` (else iOS goes full screen) and, for your own, `muted`.
   * An element that is removed from the page gives up its stream, and plays it again when it is back, unless the app has paused it.
   *
   * @returns detaches: stops playing, and gives back what was changed of `muted` and `volume`
   */
  attach(element: HTMLMediaElement, target: PlaybackTarget): () => void {
    for (const other of this.#attachments.keys()) if (other.element === element) this.#detach(other)
    const ports: AttachmentPorts = {
      stream: () => this.#ports.stream(target),
      isMuted: () => this.#ports.isSelf(target.participantId) || this.soundOf(target.participantId).mutedForMe === true,
      volume: () => this.soundOf(target.participantId).volume,
      onBlocked: () => this.#emitBlocked(),
    }
    const attachment = new Attachment(element, ports)
    this.#attachments.set(attachment, target)
    this.#observer ??= this.#ports.observeDom(() => this.#pageChanged())
    this.#observer.watch(element)
    attachment.update()
    return () => this.#detach(attachment)
  }

  /** Whether the browser plays no sound until a person touches the page. */
  get blocked(): boolean {
    return [...this.#attachments.keys()].some((each) => each.isBlocked)
  }

  /**
   * Plays the blocked elements. Call it in a click or a key press, before anything is awaited there: browsers allow sound only
   * then. Never rejects; `blocked` tells the outcome.
   */
  async resume(): Promise<void> {
    await Promise.all([...this.#attachments.keys()].map((each) => each.resume()))
  }

  /** To be called when streams were added, changed or removed. */
  update(): void {
    for (const attachment of this.#attachments.keys()) {
      if (attachment.element) attachment.update()
      else this.#remove(attachment)
    }
    this.#emitBlocked()
  }

  /** How a participant is played. */
  soundOf(participantId: string): SoundOptions {
    return this.#sounds.get(participantId) ?? {}
  }

  /** Applies to all elements of a participant, now and later. Options that are not given stay. */
  setSound(participantId: string, options: SoundOptions): void {
    this.#sounds.set(participantId, { ...this.soundOf(participantId), ...options })
    for (const [attachment, target] of this.#attachments)
      if (target.participantId === participantId) attachment.updateSound()
  }

  /** Removes the sound options of all other participants. */
  keepSound(participantIds: readonly string[]): void {
    for (const id of this.#sounds.keys()) if (!participantIds.includes(id)) this.#sounds.delete(id)
  }

  #detach(attachment: Attachment): void {
    attachment.close()
    this.#remove(attachment)
    this.#emitBlocked()
  }

  #remove(attachment: Attachment): void {
    this.#attachments.delete(attachment)
    if (this.#attachments.size > 0) return
    this.#observer?.end()
    this.#observer = undefined
  }

  #pageChanged(): void {
    for (const attachment of this.#attachments.keys()) attachment.pageChanged()
  }

  #emitBlocked(): void {
    const blocked = this.blocked
    if (blocked === this.#wasBlocked) return
    this.#wasBlocked = blocked
    this.#ports.onBlocked(blocked)
  }
}
