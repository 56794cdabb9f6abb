export type SoundPorts = {
  /** Whether the element must be muted here. */
  isMuted(): boolean
  /** 0 to 1. Undefined: as the element has it. */
  volume(): number | undefined
}

/** The volume and mute of an element: as this client sets them, or as the app set them if this client does not. */
export class ElementSound {
  readonly #ports: SoundPorts
  readonly #muted = new BorrowedProperty('muted')
  readonly #volume = new BorrowedProperty('volume')

  constructor(ports: SoundPorts) {
    this.#ports = ports
  }

  /** @param isSilenced whether the browser lets it play only without sound */
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

/** A property of the app's element that is changed for a while. Gets its old value back, unless the app has changed it since. */
class BorrowedProperty<K extends 'muted' | 'volume'> {
  readonly #key: K
  #loan: { readonly before: HTMLMediaElement[K]; readonly set: HTMLMediaElement[K] } | undefined

  constructor(key: K) {
    this.#key = key
  }

  /** If the property has the value already, it stays the app's. */
  set(element: HTMLMediaElement, value: HTMLMediaElement[K]): void {
    this.noticed(element)
    const now = element[this.#key]
    if (now === value) return
    this.#loan = { before: this.#loan ? this.#loan.before : now, set: value }
    element[this.#key] = value
  }

  /** To be called when the property may have changed. A value that the app has set since stays. */
  noticed(element: HTMLMediaElement): void {
    if (this.#loan?.set !== element[this.#key]) this.#loan = undefined
  }

  giveBack(element: HTMLMediaElement): void {
    this.noticed(element)
    if (this.#loan) element[this.#key] = this.#loan.before
    this.#loan = undefined
  }
}
