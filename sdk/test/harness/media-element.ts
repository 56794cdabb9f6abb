/** An element of a page whose browser lets sound play only after a touch, as the HTML standard has it unless said. */
export class FakeElement extends EventTarget {
  static touched = true
  static failure = 'NotAllowedError'
  playsInline = false
  isConnected = false
  paused = true
  ended = false
  plays = 0
  /** Of the picture that it shows. Firefox keeps that of the last one. */
  videoWidth = 0
  /** Every source that it was given. */
  readonly sources: unknown[] = []
  #srcObject: unknown = null
  #muted = false
  #volume = 1

  get asElement(): HTMLMediaElement {
    return this as unknown as HTMLMediaElement
  }

  get srcObject(): unknown {
    return this.#srcObject
  }
  set srcObject(source: unknown) {
    this.#srcObject = source
    this.sources.push(source)
    this.paused = true
    this.ended = false
    this.videoWidth = 0
  }

  get muted(): boolean {
    return this.#muted
  }
  set muted(muted: boolean) {
    const isNew = muted !== this.#muted
    this.#muted = muted
    if (!muted && !FakeElement.touched) this.paused = true
    if (isNew) this.#fire('volumechange')
  }

  get volume(): number {
    return this.#volume
  }
  set volume(volume: number) {
    const isNew = volume !== this.#volume
    this.#volume = volume
    if (isNew) this.#fire('volumechange')
  }

  async play(): Promise<void> {
    this.plays++
    if (!FakeElement.touched && !this.muted) throw new DOMException('', FakeElement.failure)
    const wasPaused = this.paused
    this.paused = false
    this.ended = false
    if (wasPaused) this.#fire('play')
  }

  pause(): void {
    this.paused = true
    this.#fire('pause')
  }

  /** All its tracks have ended: Firefox pauses it then. */
  end(): void {
    this.ended = true
    this.pause()
    this.#fire('ended')
  }

  #fire(type: string): void {
    this.dispatchEvent(new Event(type))
  }
}
