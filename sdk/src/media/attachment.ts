import { Borrowed } from './borrowed'

export type AttachmentOptions = {
  stream(): MediaStream | undefined
  /** Whether its sound is not to be heard here. */
  isMuted(): boolean
  /** 0 to 1. Undefined: as the element has it. */
  volume(): number | undefined
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

const EVENTS = ['play', 'pause', 'ended', 'volumechange'] as const

/** One element that plays one stream. Holds the element weakly: an app that drops it without a word leaks nothing. */
export class Attachment {
  readonly #element: WeakRef<HTMLMediaElement>
  readonly #options: AttachmentOptions
  readonly #muted = new Borrowed('muted')
  readonly #volume = new Borrowed('volume')
  #state: State = IDLE
  /** The newest `play()`: only its refusal counts. */
  #attempt: object | undefined
  #wasOnPage = false
  #isAway = false
  /**
   * Browsers pause an element that left the page, and Firefox one whose tracks have all ended; none plays it again by itself.
   * What the app (or a person, by the element's controls) paused stays so.
   */
  #pausedBy: 'app' | 'browser' | undefined
  #closed = false

  constructor(element: HTMLMediaElement, options: AttachmentOptions) {
    this.#element = new WeakRef(element)
    this.#options = options
    if ('playsInline' in element) element.playsInline = true
    for (const name of EVENTS) element.addEventListener(name, this.#noticed)
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
    const stream = this.#isGone(element) ? undefined : this.#options.stream()
    if (!stream) return this.#idle(element)
    if (this.#state.at === 'idle' || this.#state.stream !== stream) this.#start(element, stream)
    else this.#follow(element, this.#state)
  }

  /** To be called when elements came to the page or left it. */
  moved(): void {
    const element = this.element
    if (!element) return
    if (element.isConnected) this.#wasOnPage = true
    const wasAway = this.#isAway
    this.#isAway = this.#isGone(element)
    if (!wasAway || this.#isAway) return
    // It may be back before the browser has told that it paused it.
    if (element.paused && this.#pausedBy !== 'app') this.#pausedBy = 'browser'
    this.update()
  }

  /** To be called when `isMuted` or `volume` changed. */
  updateSound(): void {
    const element = this.element
    if (!element || this.#state.at === 'idle') return
    const wasPaused = element.paused
    this.#sound(element)
    // Chromium pauses an element that becomes audible before a person touched the page.
    if (element.paused && !wasPaused) this.#play(element, this.#state.stream)
  }

  /** Must reach `play()` in the same turn as the click that it is called in. */
  async resume(): Promise<void> {
    const element = this.element
    if (!element || this.#state.at !== 'blocked') return
    const { silenced } = this.#state
    const trying: State = { ...this.#state, silenced: false }
    this.#become(trying)
    this.#sound(element)
    try {
      await element.play()
      if (this.#state === trying) this.#become({ ...trying, at: 'playing' })
    } catch {
      if (this.#state === trying && silenced) this.#playSilently(element, trying)
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    const element = this.element
    if (!element) return
    for (const name of EVENTS) element.removeEventListener(name, this.#noticed)
    this.#idle(element)
    this.#muted.giveBack(element)
    this.#volume.giveBack(element)
  }

  // An element that never was on the page is meant so, for sound alone.
  #isGone(element: HTMLMediaElement): boolean {
    return this.#wasOnPage && !element.isConnected
  }

  readonly #noticed = ({ type }: Event): void => {
    const element = this.element
    if (!element) return
    if (type === 'volumechange') {
      this.#muted.noticed(element)
      this.#volume.noticed(element)
      return
    }
    if (!element.paused) this.#pausedBy = undefined
    else if (element.ended || this.#isGone(element)) {
      this.#pausedBy = 'browser'
      this.update()
    } else this.#pausedBy = 'app'
  }

  #start(element: HTMLMediaElement, stream: MediaStream): void {
    element.srcObject = stream
    this.#state = { at: 'playing', stream, tracks: idsOf(stream) }
    this.#sound(element)
    if (this.#pausedBy !== 'app') this.#play(element, stream)
  }

  #follow(element: HTMLMediaElement, state: Exclude<State, { at: 'idle' }>): void {
    const { stream } = state
    const tracks = idsOf(stream)
    const isRevived = this.#pausedBy === 'browser' && stream.active
    if (tracks === state.tracks && !isRevived) return
    const wasPlaying = !element.paused || isRevived
    // Firefox leaves the last frame of a picture that is gone, for good; elsewhere there is no size without a picture.
    if ((element as HTMLVideoElement).videoWidth > 0 && stream.getVideoTracks().length === 0) {
      element.srcObject = null
      element.srcObject = stream
    }
    this.#state = { ...state, tracks }
    if (!wasPlaying) return
    // Safari stays silent when sound joins a stream that plays, until it is told to play again.
    if (state.at === 'playing') this.#play(element, stream)
    else element.play().catch(() => {})
  }

  #idle(element: HTMLMediaElement): void {
    if (this.#state.at === 'idle') return
    const { stream } = this.#state
    // Left in place, the player behind it stays alive, and browsers allow only so many.
    if (element.srcObject === stream) element.srcObject = null
    this.#state = IDLE
    this.#sound(element)
  }

  /** Sets what is wished for, and gives back what is no longer. */
  #sound(element: HTMLMediaElement): void {
    const isSilenced = this.#state.at === 'blocked' && this.#state.silenced
    if (isSilenced || this.#options.isMuted()) this.#muted.set(element, true)
    else this.#muted.giveBack(element)
    const volume = this.#options.volume()
    if (volume === undefined) this.#volume.giveBack(element)
    else this.#volume.set(element, volume)
  }

  async #play(element: HTMLMediaElement, stream: MediaStream): Promise<void> {
    const attempt = {}
    this.#attempt = attempt
    this.#become({ at: 'playing', stream, tracks: idsOf(stream) })
    this.#pausedBy = undefined
    try {
      await element.play()
    } catch (error) {
      // An AbortError only says that something else was loaded meanwhile. Tracks may have come meanwhile, of the same stream.
      if (this.#attempt !== attempt || this.#state.at !== 'playing' || !isRefusal(error)) return
      const refused: State = { ...this.#state, at: 'blocked', silenced: false }
      if (element.muted) this.#become(refused)
      else this.#playSilently(element, refused)
    }
  }

  /** Better a silent picture than a black one. */
  #playSilently(element: HTMLMediaElement, refused: Extract<State, { at: 'blocked' }>): void {
    this.#become({ ...refused, silenced: true })
    this.#sound(element)
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
