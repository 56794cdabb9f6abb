export type AttachmentOptions = {
  stream(): MediaStream | undefined
  isMuted(): boolean
  /** `isBlocked` changed. */
  onBlocked(): void
}

type State =
  /** No stream, or none that this element should hold. */
  | { readonly at: 'idle' }
  /** `tracks`: the ids that were there when it was last told to play. */
  | { readonly at: 'playing'; readonly stream: MediaStream; readonly tracks: string }
  /** Refused. `silenced`: it plays without sound meanwhile, and gets it back on resume. */
  | { readonly at: 'blocked'; readonly stream: MediaStream; readonly tracks: string; readonly silenced: boolean }

const IDLE: State = { at: 'idle' }

/** One element that plays one stream. Holds the element weakly: an app that drops it without a word leaks nothing. */
export class Attachment {
  readonly #element: WeakRef<HTMLMediaElement>
  readonly #options: AttachmentOptions
  readonly #mutedBefore: boolean
  #state: State = IDLE
  #wasOnPage = false
  #closed = false

  constructor(element: HTMLMediaElement, options: AttachmentOptions) {
    this.#element = new WeakRef(element)
    this.#options = options
    this.#mutedBefore = element.muted
    if ('playsInline' in element) element.playsInline = true
  }

  get element(): HTMLMediaElement | undefined {
    return this.#element.deref()
  }

  get isBlocked(): boolean {
    return this.#state.at === 'blocked'
  }

  update(): void {
    const element = this.element
    if (!element || this.#closed) return
    if (element.isConnected) this.#wasOnPage = true
    // A playing element is kept alive by the browser. One that never was on the page is meant so, for sound alone.
    const isGone = this.#wasOnPage && !element.isConnected
    const stream = isGone ? undefined : this.#options.stream()
    if (!stream) return this.#idle(element)
    const tracks = idsOf(stream)
    if (this.#state.at === 'idle' || this.#state.stream !== stream) {
      if (this.#options.isMuted()) element.muted = true
      element.srcObject = stream
      this.#play(element, stream)
    } else if (this.#state.at === 'playing' && this.#state.tracks !== tracks && !element.paused) {
      // Safari stays silent when sound joins a stream that plays, until it is told to play again. One that the app paused stays so.
      this.#play(element, stream)
    }
  }

  /** Must reach `play()` in the same turn as the click that it is called in. */
  async resume(): Promise<void> {
    const element = this.element
    if (!element || this.#state.at !== 'blocked') return
    const refused = this.#state
    if (refused.silenced) element.muted = false
    try {
      await element.play()
      if (this.#state === refused) this.#become({ ...refused, at: 'playing' })
    } catch {
      if (this.#state === refused && refused.silenced) this.#playSilently(element)
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    const element = this.element
    if (!element) return
    this.#idle(element)
    element.muted = this.#mutedBefore
  }

  #idle(element: HTMLMediaElement): void {
    if (this.#state.at === 'idle') return
    if (this.#state.at === 'blocked' && this.#state.silenced) element.muted = false
    // Left in place, the player behind it stays alive, and browsers allow only so many.
    if (element.srcObject === this.#state.stream) element.srcObject = null
    this.#state = IDLE
  }

  async #play(element: HTMLMediaElement, stream: MediaStream): Promise<void> {
    const state: State = { at: 'playing', stream, tracks: idsOf(stream) }
    this.#become(state)
    try {
      await element.play()
    } catch (error) {
      // An AbortError only says that something else was loaded meanwhile.
      if (this.#state !== state || !isRefusal(error)) return
      this.#become({ ...state, at: 'blocked', silenced: !element.muted })
      if (!element.muted) this.#playSilently(element)
    }
  }

  /** Better a silent picture than a black one. */
  #playSilently(element: HTMLMediaElement): void {
    element.muted = true
    element.play().catch(() => {})
  }

  #become(state: State): void {
    const wasBlocked = this.isBlocked
    this.#state = state
    if (wasBlocked !== this.isBlocked) this.#options.onBlocked()
  }
}

const idsOf = (stream: MediaStream): string =>
  stream
    .getTracks()
    .map((track) => track.id)
    .join(' ')

const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'NotAllowedError'
