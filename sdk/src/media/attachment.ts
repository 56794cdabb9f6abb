import { ElementSound, type SoundPorts } from './element-sound'

export type AttachmentPorts = SoundPorts & {
  stream(): MediaStream | undefined
  /** `isBlocked` changed. */
  onBlocked(): void
}

type State =
  /** No stream, or the element is not on the page. */
  | { readonly type: 'idle' }
  /** `tracks`: the ids of the tracks at the last `play()`. */
  | { readonly type: 'playing'; readonly stream: MediaStream; readonly tracks: string }
  /** The browser does not allow it. `silenced`: it plays without sound until resume. */
  | { readonly type: 'blocked'; readonly stream: MediaStream; readonly tracks: string; readonly silenced: boolean }

const EVENTS = ['play', 'pause', 'ended', 'volumechange'] as const

/** One element that plays one stream. Holds the element weakly, so that it is freed if the app drops it without detaching. */
export class Attachment {
  readonly #element: WeakRef<HTMLMediaElement>
  readonly #ports: AttachmentPorts
  readonly #sound: ElementSound
  #state: State = { type: 'idle' }
  /** The newest `play()`: only its failure counts. */
  #attempt: object | undefined
  #wasOnPage = false
  #isAway = false
  /**
   * Browsers pause an element that is removed from the page, and Firefox one whose tracks have all ended; they do not play it again.
   * An element that the app paused, or the user by its controls, stays paused.
   */
  #pausedBy: 'app' | 'browser' | undefined
  #closed = false

  constructor(element: HTMLMediaElement, ports: AttachmentPorts) {
    this.#element = new WeakRef(element)
    this.#ports = ports
    this.#sound = new ElementSound(ports)
    if ('playsInline' in element) element.playsInline = true
    for (const name of EVENTS) element.addEventListener(name, this.#noticed)
  }

  get element(): HTMLMediaElement | undefined {
    return this.#element.deref()
  }

  get isBlocked(): boolean {
    return this.#state.type === 'blocked'
  }

  update(): void {
    const element = this.element
    if (!element || this.#closed) return
    if (element.isConnected) this.#wasOnPage = true
    const stream = this.#isGone(element) ? undefined : this.#ports.stream()
    if (!stream) return this.#idle(element)
    if (this.#state.type === 'idle' || this.#state.stream !== stream) this.#start(element, stream)
    else this.#updateTracks(element, this.#state)
  }

  /** To be called when elements were added to the page or removed. */
  pageChanged(): void {
    const element = this.element
    if (!element) return
    if (element.isConnected) this.#wasOnPage = true
    const wasAway = this.#isAway
    this.#isAway = this.#isGone(element)
    if (!wasAway || this.#isAway) return
    // It may be back before the browser has fired `pause`.
    if (element.paused && this.#pausedBy !== 'app') this.#pausedBy = 'browser'
    this.update()
  }

  /** To be called when `isMuted` or `volume` changed. */
  updateSound(): void {
    const element = this.element
    if (!element || this.#state.type === 'idle') return
    const wasPaused = element.paused
    this.#applySound(element)
    // Chromium pauses an element that becomes audible before the user has touched the page.
    if (element.paused && !wasPaused) this.#play(element, this.#state.stream)
  }

  /** Must call `play()` synchronously, in the click that it is called in. */
  async resume(): Promise<void> {
    const element = this.element
    if (!element || this.#state.type !== 'blocked') return
    const blocked = this.#state
    const trying: State = { ...blocked, silenced: false }
    this.#setState(trying)
    this.#applySound(element)
    try {
      await element.play()
      if (this.#state === trying) this.#setState({ ...trying, type: 'playing' })
    } catch {
      if (this.#state === trying && blocked.silenced) this.#playSilently(element, trying)
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
    this.#sound.giveBack(element)
  }

  // An element that was never on the page still plays, for sound alone.
  #isGone(element: HTMLMediaElement): boolean {
    return this.#wasOnPage && !element.isConnected
  }

  readonly #noticed = ({ type }: Event): void => {
    const element = this.element
    if (!element) return
    if (type === 'volumechange') return this.#sound.noticed(element)
    if (!element.paused) this.#pausedBy = undefined
    else if (element.ended || this.#isGone(element)) {
      this.#pausedBy = 'browser'
      this.update()
    } else this.#pausedBy = 'app'
  }

  #start(element: HTMLMediaElement, stream: MediaStream): void {
    element.srcObject = stream
    this.#state = { type: 'playing', stream, tracks: idsOf(stream) }
    this.#applySound(element)
    if (this.#pausedBy !== 'app') this.#play(element, stream)
  }

  #updateTracks(element: HTMLMediaElement, state: Exclude<State, { type: 'idle' }>): void {
    const { stream } = state
    const tracks = idsOf(stream)
    const isRevived = this.#pausedBy === 'browser' && stream.active
    if (tracks === state.tracks && !isRevived) return
    const wasPlaying = !element.paused || isRevived
    // Firefox keeps the last frame after the picture is gone. In other browsers the size is then 0.
    if ((element as HTMLVideoElement).videoWidth > 0 && stream.getVideoTracks().length === 0) {
      element.srcObject = null
      element.srcObject = stream
    }
    this.#state = { ...state, tracks }
    if (!wasPlaying) return
    // Safari plays a sound track that joins a playing stream only after another `play()`.
    if (state.type === 'playing') this.#play(element, stream)
    else element.play().catch(() => {})
  }

  #idle(element: HTMLMediaElement): void {
    if (this.#state.type === 'idle') return
    const { stream } = this.#state
    // Otherwise its media player stays alive, and browsers limit their number.
    if (element.srcObject === stream) element.srcObject = null
    this.#state = { type: 'idle' }
    this.#applySound(element)
  }

  #applySound(element: HTMLMediaElement): void {
    this.#sound.apply(element, this.#state.type === 'blocked' && this.#state.silenced)
  }

  async #play(element: HTMLMediaElement, stream: MediaStream): Promise<void> {
    const attempt = {}
    this.#attempt = attempt
    this.#setState({ type: 'playing', stream, tracks: idsOf(stream) })
    this.#pausedBy = undefined
    try {
      await element.play()
    } catch (error) {
      // An AbortError means that another source was loaded. Tracks of the same stream may have been added meanwhile.
      if (this.#attempt !== attempt || this.#state.type !== 'playing' || !isNotAllowed(error)) return
      const blocked: State = { ...this.#state, type: 'blocked', silenced: false }
      if (element.muted) this.#setState(blocked)
      else this.#playSilently(element, blocked)
    }
  }

  /** A picture without sound is better than none. */
  #playSilently(element: HTMLMediaElement, blocked: Extract<State, { type: 'blocked' }>): void {
    this.#setState({ ...blocked, silenced: true })
    this.#applySound(element)
    element.play().catch(() => {})
  }

  #setState(state: State): void {
    const wasBlocked = this.isBlocked
    this.#state = state
    if (wasBlocked !== this.isBlocked) this.#ports.onBlocked()
  }
}

const idsOf = (stream: MediaStream): string => Array.from(stream.getTracks(), ({ id }) => id).join(' ')

const isNotAllowed = (error: unknown): boolean => error instanceof Error && error.name === 'NotAllowedError'
