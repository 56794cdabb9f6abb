import { EventEmitter } from 'eventemitter3'
import { checkListener } from '../state/store'
import type { LiveStreamEventName, LiveStreamEvents } from './events'

/** What `on('*')` gets: every event, in order. */
export type AnyEvent = {
  [N in LiveStreamEventName]: {
    /** Which event. */
    readonly name: N
    /** What its own listeners get. */
    readonly payload: LiveStreamEvents[N]
  }
}[LiveStreamEventName]

/** Event name → payload, `'*'` included. */
export type Emitted = LiveStreamEvents & {
  /** All of them. */
  '*': AnyEvent
}
/** Takes the payload of one event. */
export type Listener<N extends keyof Emitted> = (payload: Emitted[N]) => void
type Guard = (payload: unknown, name: string) => void

/** The client's events. A listener that throws stops neither the others nor the emitter. */
export class Emitter {
  readonly #events = new EventEmitter<string>()
  readonly #failed: (event: string, error: unknown) => void
  /** One guard for each listener, so that `off` finds it. */
  readonly #guards = new WeakMap<object, Guard>()

  /** @param failed called for each listener that throws */
  constructor(failed: (event: string, error: unknown) => void) {
    this.#failed = failed
  }

  /** Returns what removes the listener again. */
  on<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    this.#events.on(name, this.#guardOf(listener))
    return () => this.off(name, listener)
  }

  once<N extends keyof Emitted>(name: N, listener: Listener<N>): () => void {
    this.#events.once(name, this.#guardOf(listener))
    return () => this.off(name, listener)
  }

  off<N extends keyof Emitted>(name: N, listener: Listener<N>): void {
    const guard = this.#guards.get(listener)
    if (guard) this.#events.off(name, guard)
  }

  emit(event: AnyEvent): void {
    this.#events.emit(event.name, event.payload, event.name)
    // A listener that fails at `listenerFailed` causes no further event: that would never end.
    this.#events.emit('*', event, event.name === 'listenerFailed' ? event.name : '*')
  }

  #guardOf<N extends keyof Emitted>(listener: Listener<N>): Guard {
    checkListener(listener)
    const known = this.#guards.get(listener)
    if (known) return known
    const guard: Guard = (payload, name) => {
      try {
        listener(payload as Emitted[N])
      } catch (error) {
        this.#failed(name, error)
      }
    }
    this.#guards.set(listener, guard)
    return guard
  }
}
