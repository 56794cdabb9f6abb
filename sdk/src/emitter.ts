import type { LiveStreamEventName, LiveStreamEvents } from './events'

/** What `on('*')` gets: every event, in order. */
export type AnyEvent = {
  [N in LiveStreamEventName]: { readonly name: N; readonly payload: LiveStreamEvents[N] }
}[LiveStreamEventName]

/** Event name → payload, `'*'` included. */
export type Emitted = LiveStreamEvents & { '*': AnyEvent }
/** Takes the payload of one event. */
export type Listener<N extends keyof Emitted> = (payload: Emitted[N]) => void
type Entry = { readonly name: string; readonly listener: (payload: never) => void; readonly once: boolean }

/**
 * The client's events. A listener that throws stops nobody: neither the others nor what told them. Whoever is taken off is
 * not called again, and whoever is added while an event is told hears of the next one.
 */
export class Emitter {
  /** Never changed in place: an event goes to those that were there when it happened. */
  #entries: readonly Entry[] = []
  readonly #failed: (event: string, error: unknown) => void

  /** @param failed told of each listener that threw */
  constructor(failed: (event: string, error: unknown) => void) {
    this.#failed = failed
  }

  /** Returns what removes the listener again. */
  on<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    return this.#add(name, listener, false)
  }

  once<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    return this.#add(name, listener, true)
  }

  off<N extends keyof Emitted>(name: N, listener: Listener<N>): void {
    this.#keep((entry) => entry.name !== name || entry.listener !== listener)
  }

  emit(event: AnyEvent): void {
    this.#tell(event.name, event.payload, event.name)
    // Who fails at hearing of a failure is not told of again: that would never end.
    this.#tell('*', event, event.name === 'listenerFailed' ? event.name : '*')
  }

  #add<N extends keyof Emitted>(name: N, listener: Listener<N>, once: boolean): () => void {
    this.#entries = [...this.#entries, { name, listener, once }]
    return () => this.off(name, listener)
  }

  #keep(kept: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter(kept)
  }

  #tell<N extends keyof Emitted>(name: N, payload: Emitted[N], failingAs: string): void {
    for (const entry of this.#entries) {
      if (entry.name !== name || !this.#entries.includes(entry)) continue
      if (entry.once) this.#keep((each) => each !== entry)
      try {
        ;(entry.listener as Listener<N>)(payload)
      } catch (error) {
        this.#failed(failingAs, error)
      }
    }
  }
}
