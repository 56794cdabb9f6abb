export type SoundPorts = {
  /** Whether its sound is not to be heard here. */
  isMuted(): boolean
  /** 0 to 1. Undefined: as the element has it. */
  volume(): number | undefined
}

/** How loud an element plays: as this client wants it, and as the app had it where this client wants nothing. */
export class ElementSound {
  readonly #ports: SoundPorts
  readonly #muted = new BorrowedProperty('muted')
  readonly #volume = new BorrowedProperty('volume')

  constructor(ports: SoundPorts) {
    this.#ports = ports
  }

  /** @param isSilenced it may play without sound only */
  apply(element: HTMLMediaElement, isSilenced: boolean): void {
    if (isSilenced || this.#ports.isMuted()) this.#muted.set(element, true)
    else this.#muted.giveBack(element)
    const volume = this.#ports.volume()
    if (volume === undefined) this.#volume.giveBack(element)
    else this.#volume.set(element, volume)
  }

  /** To be called at the element's `volumechange`. */
  noticed(element: HTMLMediaElement): void {
    this.#muted.noticed(element)
    this.#volume.noticed(element)
  }

  giveBack(element: HTMLMediaElement): void {
    this.#muted.giveBack(element)
    this.#volume.giveBack(element)
  }
}

/** A property of the app's element that is changed for a while and given back as it was, unless the app has changed it since. */
class BorrowedProperty<K extends 'muted' | 'volume'> {
  readonly #key: K
  #loan: { readonly before: HTMLMediaElement[K]; readonly set: HTMLMediaElement[K] } | undefined

  constructor(key: K) {
    this.#key = key
  }

  /** What is so already is not borrowed: the app wants it so. */
  set(element: HTMLMediaElement, value: HTMLMediaElement[K]): void {
    this.noticed(element)
    const now = element[this.#key]
    if (now === value) return
    this.#loan = { before: this.#loan ? this.#loan.before : now, set: value }
    element[this.#key] = value
  }

  /** To be called when the property may have changed. What the app has set since is the app's. */
  noticed(element: HTMLMediaElement): void {
    if (this.#loan?.set !== element[this.#key]) this.#loan = undefined
  }

  giveBack(element: HTMLMediaElement): void {
    this.noticed(element)
    if (this.#loan) element[this.#key] = this.#loan.before
    this.#loan = undefined
  }
}
