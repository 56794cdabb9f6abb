/** A property of the app's element that is changed for a while and given back as it was, unless the app has changed it since. */
export class Borrowed<K extends 'muted' | 'volume'> {
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
