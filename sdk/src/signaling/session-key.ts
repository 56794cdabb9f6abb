import * as v from 'valibot'
import { sessionKey } from '../protocol'
import type { BrowserPage, KeyValueStore } from './browser-page'
import { type RandomBytes, randomId } from './random-id'

/** 43 characters of 6 random bits each: at least the 256 bits that the protocol asks for. */
const KEY_CHARACTERS = 43

/** What makes two connections the same session: the secret, and the number of the last socket. */
type StoredKey = { readonly key: string; readonly attempt: number }

const storedKey = v.object({ key: sessionKey, attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })

/**
 * The key of the client's session. It is kept in memory, and in `sessionStorage` only from `pagehide` to the next load, and while
 * the page is frozen: a duplicated tab copies the storage, and two tabs with one key would remove each other. It is read from there
 * when the first socket is opened, as a prerendered page is loaded before the page with the key is unloaded.
 */
export class SessionKey {
  readonly #page: BrowserPage
  readonly #name: string
  readonly #randomBytes: RandomBytes
  #found: StoredKey | undefined
  #stop: (() => void)[] = []

  /** @param scope what the key is for: the server's URL and the room */
  constructor(page: BrowserPage, scope: string, randomBytes: RandomBytes) {
    this.#page = page
    this.#name = `peerstage:${scope}`
    this.#randomBytes = randomBytes
  }

  get #current(): StoredKey {
    this.#found ??= takeOut(this.#page.storage, this.#name) ?? {
      key: randomId(KEY_CHARACTERS, this.#randomBytes),
      attempt: 0,
    }
    return this.#found
  }

  get key(): string {
    return this.#current.key
  }

  /** The number of a new socket: above every earlier one of this session. */
  nextAttempt(): number {
    this.#found = { ...this.#current, attempt: this.#current.attempt + 1 }
    return this.#current.attempt
  }

  /** Whether a reload should find the session again: set when a room is joined or left. */
  set live(on: boolean) {
    for (const stop of this.#stop.splice(0)) stop()
    if (!on) return
    this.#stop = [this.#page.on('hide', () => this.#putBack()), this.#page.on('show', () => this.#catchUp())]
  }

  #putBack(): void {
    try {
      if (this.#found) this.#page.storage?.setItem(this.#name, JSON.stringify(this.#found))
    } catch {
      // Full or forbidden: a reload is then a new session of the same identity, which takes over the seat.
    }
  }

  // The page was frozen, not unloaded. Another page of this tab may have gone on with the key meanwhile.
  #catchUp(): void {
    const stored = takeOut(this.#page.storage, this.#name)
    if (stored && stored.key === this.#found?.key && stored.attempt > this.#found.attempt) this.#found = stored
  }
}

function takeOut(storage: KeyValueStore | undefined, name: string): StoredKey | undefined {
  try {
    const text = storage?.getItem(name)
    storage?.removeItem(name)
    const parsed = v.safeParse(storedKey, JSON.parse(text ?? 'null'))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}
