/** The page that the client runs in: its storage and its lifecycle events. In Node there are neither. */
export interface BrowserPage {
  /** `sessionStorage`, or the app's own storage; undefined where there is none. */
  readonly storage: KeyValueStore | undefined
  /**
   * `wake`: the page is visible, resumed or online again, so the connection should be checked.
   * `hide`: the page is being unloaded or frozen; a frozen page may be discarded. `show`: it is resumed, with its memory.
   */
  on(moment: PageMoment, listener: () => void): () => void
  /** Resolves when the user opens the page: at once, unless it is being prerendered. */
  opened(): Promise<unknown>
}
export type PageMoment = 'wake' | 'online' | 'hide' | 'show'
/** A key-value store like `sessionStorage`. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The browser's page. Reads globals only when a member is used. */
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

/** The network is of another type: mobile data in place of Wi-Fi, for example. Phones tell it; the event also comes with each new estimate of the speed. */
function networkType(listener: () => void): (() => void)[] {
  const { connection } = navigator as { connection?: EventTarget & { readonly type?: string } }
  if (connection === undefined) return []
  let { type } = connection
  const changed = () => {
    if (connection.type === type) return
    type = connection.type
    listener()
  }
  return [added(connection, 'change', changed)]
}

function sessionStorageOf(): KeyValueStore | undefined {
  try {
    return globalThis.sessionStorage
  } catch {
    // If storage is blocked, reading the name throws.
    return undefined
  }
}

function listen(moment: PageMoment, listener: () => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {}
  // `freeze` and `resume`: https://wicg.github.io/page-lifecycle/. A discarded tab was usually frozen first.
  const thawed = () => [
    added(window, 'pageshow', (event) => (event as PageTransitionEvent).persisted && listener()),
    added(document, 'resume', listener),
  ]
  const removals = {
    hide: () => [added(window, 'pagehide', listener), added(document, 'freeze', listener)],
    show: thawed,
    online: () => [added(window, 'online', listener), ...networkType(listener)],
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
