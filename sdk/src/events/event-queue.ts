import type { CastDown } from '../protocol'
import type { ParticipantView } from '../state/state'
import type { RoomStore } from '../state/store'
import type { Rest } from '../verbs/slice'
import type { SliceState } from '../verbs/slices'
import type { AnyEvent, Emitter } from './emitter'
import type { LiveStreamEvents } from './events'
import { eventAbout, eventsOfCast } from './events-of'

/**
 * Events wait here until the state contains their change: one frame of the server makes one new state, one call of each
 * subscriber, and then its events in order.
 */
export class EventQueue {
  readonly #store: RoomStore<SliceState>
  readonly #emitter: Emitter
  readonly #waiting: (() => readonly AnyEvent[])[] = []
  #held = false
  #draining = false

  constructor(store: RoomStore<SliceState>, emitter: Emitter) {
    this.#store = store
    this.#emitter = emitter
  }

  add(event: AnyEvent): void {
    this.#waiting.push(() => [event])
  }

  /** Queues an event that does not come from a frame, and emits it as soon as no frame is being read. */
  emit(event: AnyEvent): void {
    this.add(event)
    this.nudge()
  }

  /** Queues events that are made just before they are emitted, so that they can use the new state. */
  addLater(events: () => readonly AnyEvent[]): void {
    this.#waiting.push(events)
  }

  /** Queues an event about a participant: as it is when the event is emitted or, if it is gone by then, as it was. */
  addAbout<N extends AnyEvent['name']>(participantId: string, name: N, ...rest: Rest<LiveStreamEvents[N]>): void {
    const lookup = this.#lookup(participantId)
    this.addLater(() => eventAbout(lookup(), name, rest))
  }

  /** Queues the events of a cast. */
  addCast(from: string, cast: CastDown['cast']): void {
    const lookup = this.#lookup(from)
    this.addLater(() => eventsOfCast(cast, from, lookup))
  }

  #lookup(participantId: string): () => ParticipantView | undefined {
    const { room: past } = this.#store
    const known = this.#store.known(participantId)
    return () => this.#store.participant(participantId, past) ?? known
  }

  /** A frame is being read: no event is emitted until `flush`. */
  hold(): void {
    this.#held = true
  }

  /** Something changed outside of a frame. Flushes, unless a frame is being read: its end flushes. */
  nudge(): void {
    if (!this.#held) this.flush()
  }

  /** Updates the state and emits all queued events. Events that a listener causes meanwhile come last. */
  flush(): void {
    this.#held = false
    if (this.#draining) return
    this.#draining = true
    try {
      do {
        this.#commit()
        for (const event of this.#waiting.shift()?.() ?? []) this.#emitter.emit(event)
      } while (this.#waiting.length > 0)
      this.#commit()
    } finally {
      this.#draining = false
    }
  }

  #commit(): void {
    if (this.#store.commit()) this.#emitter.emit({ name: 'stateChanged', payload: { state: this.#store.getState() } })
  }
}
