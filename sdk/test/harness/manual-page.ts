import type { BrowserPage, KeyValueStore, PageMoment } from '../../src/signaling/browser-page'

/** A `sessionStorage` in memory. */
export class MemoryStorage implements KeyValueStore {
  readonly entries = new Map<string, string>()
  getItem = (name: string): string | null => this.entries.get(name) ?? null
  setItem = (name: string, value: string): void => void this.entries.set(name, value)
  removeItem = (name: string): void => void this.entries.delete(name)
}

/** A page that wakes, hides and comes back when a test says so. */
export class ManualPage implements BrowserPage {
  readonly storage: KeyValueStore
  readonly #listeners: { readonly moment: PageMoment; readonly listener: () => void }[] = []

  constructor(storage: KeyValueStore = new MemoryStorage()) {
    this.storage = storage
  }

  on(moment: PageMoment, listener: () => void): () => void {
    const entry = { moment, listener }
    this.#listeners.push(entry)
    return () => void this.#listeners.splice(this.#listeners.indexOf(entry), 1)
  }

  /** Set before a client joins: a page that is not opened yet. */
  whenOpened: Promise<unknown> = Promise.resolve()

  opened(): Promise<unknown> {
    return this.whenOpened
  }

  tell(moment: PageMoment): void {
    for (const entry of [...this.#listeners]) if (entry.moment === moment) entry.listener()
  }
}
