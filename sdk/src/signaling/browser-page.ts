/** What the page around us tells, and the little store it has. In Node there is none of it. */
export interface BrowserPage {
  /** `sessionStorage`, or what stands in for it; undefined where there is none. */
  readonly storage: KeyValueStore | undefined
  /**
   * `wake`: seen, thawed or online again: a good moment to look at the connection.
   * `hide`: about to go, or frozen, and perhaps discarded then. `show`: thawed, with its memory.
   */
  on(moment: PageMoment, listener: () => void): () => void
  /** Resolves when it is opened: at once, unless it was prerendered. Until then the user has not asked for it. */
  opened(): Promise<unknown>
}
export type PageMoment = 'wake' | 'online' | 'hide' | 'show'
/** A little store like `sessionStorage`. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The browser's page. Reads globals when asked, never before. */
export function browserPage(storage?: KeyValueStore): BrowserPage {
  return {
    get storage() {
      return storage ?? sessionStorageOf()
    },
    on: listen,
    opened: () =>
      new Promise((resolve) => {
        if (typeof document !== 'undefined' && (document as { prerendering?: boolean }).prerendering)
          added(document, 'prerenderingchange', resolve)
        else resolve(undefined)
      }),
  }
}

function sessionStorageOf(): KeyValueStore | undefined {
  try {
    return globalThis.sessionStorage
  } catch {
    // A page whose storage is blocked throws on the very name.
    return undefined
  }
}

function listen(moment: PageMoment, listener: () => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {}
  // `freeze` and `resume`: https://wicg.github.io/page-lifecycle/. A tab that is discarded was frozen before, as a rule.
  const thawed = () => [
    added(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && listener()),
    added(document, 'resume', listener),
  ]
  const removals = {
    hide: () => [added(window, 'pagehide', listener), added(document, 'freeze', listener)],
    show: thawed,
    online: () => [added(window, 'online', listener)],
    wake: () => [
      ...thawed(),
      added(window, 'online', listener),
      added(document, 'visibilitychange', () => document.visibilityState === 'visible' && listener()),
    ],
  }[moment]()
  return () => {
    for (const remove of removals) remove()
  }
}

function added(target: EventTarget, type: string, listener: (event: Event) => void): () => void {
  target.addEventListener(type, listener)
  return () => target.removeEventListener(type, listener)
}
