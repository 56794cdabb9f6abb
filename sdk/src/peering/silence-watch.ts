import type { Clock } from '../ports/clock'
import type { Source } from '../protocol'
import type { MediaTransport } from './media-transport'

/** How often it is looked whether something has arrived. */
const LOOK_MS = 250
/** Nothing for this long is silence: sound is sent each 20 ms, a picture at least once a second. */
const SILENT_MS = { microphone: 750, camera: 2_500 } as const
/** How long a source may take until it sends, after the room was told of it. */
const START_MS = 3_000

/** A look that comes so long after the last one is late. */
const LATE_MS = 2 * LOOK_MS

/** Sources that never pause while they are published and not muted. A screen that does not change sends nothing. */
type Steady = keyof typeof SILENT_MS
const isSteady = (source: Source): source is Steady => source in SILENT_MS

/** The steady sources of each participant that should arrive now. */
export type Expected = ReadonlyMap<string, readonly Source[]>

type Hearing = {
  transport: MediaTransport
  sources: string
  marks: readonly (number | undefined)[]
  /** By the clock; in the future for sources that have just begun. */
  heardAt: number
}

export type SilenceWatchPorts = {
  readonly clock: Clock
  /** The connections by participant. */
  readonly transports: () => Iterable<readonly [participantId: string, transport: MediaTransport]>
  /** Comes with each look. Silent: nothing arrives of what should. */
  readonly looked: (participantId: string, isSilent: boolean) => void
}

/**
 * Notices when media stops to arrive: the browser itself tells of a dead path only after 5 s, and gives it up after 15 more. It
 * compares the times of the last packets, which costs no statistics.
 */
export class SilenceWatch {
  readonly #ports: SilenceWatchPorts
  readonly #hearings = new Map<string, Hearing>()
  #expected: Expected = new Map()
  #cancel: (() => void) | undefined
  #lookedAt = 0

  constructor(ports: SilenceWatchPorts) {
    this.#ports = ports
  }

  expect(expected: Expected): void {
    this.#expected = expected
    if (expected.size > 0) this.#cancel ??= this.#next()
  }

  close(): void {
    this.#cancel?.()
    this.#hearings.clear()
  }

  #next(): () => void {
    return this.#ports.clock.after(LOOK_MS, () => {
      this.#look()
      this.#cancel = this.#expected.size > 0 ? this.#next() : undefined
    })
  }

  #look(): void {
    const now = this.#ports.clock.now()
    // The page was hidden, asleep or busy: what has arrived since may not be known yet.
    if (now - this.#lookedAt > LATE_MS)
      for (const hearing of this.#hearings.values()) hearing.heardAt = Math.max(hearing.heardAt, now)
    this.#lookedAt = now
    const gone = new Set(this.#hearings.keys())
    for (const [participantId, transport] of this.#ports.transports()) {
      const sources = (this.#expected.get(participantId) ?? []).filter(isSteady)
      if (sources.length === 0 || sources.some((source) => transport.lastArrival(source) === null)) continue
      gone.delete(participantId)
      this.#ports.looked(participantId, this.#isSilent(participantId, transport, sources))
    }
    for (const participantId of gone) {
      this.#hearings.delete(participantId)
      this.#ports.looked(participantId, false)
    }
  }

  #isSilent(participantId: string, transport: MediaTransport, of: readonly Steady[]): boolean {
    const now = this.#ports.clock.now()
    const before = this.#hearings.get(participantId)
    const sources = of.join()
    const marks = of.map((source) => transport.lastArrival(source) ?? undefined)
    if (before?.transport !== transport || before.sources !== sources) {
      this.#hearings.set(participantId, { transport, sources, marks, heardAt: now + START_MS })
      return false
    }
    const isHeard = marks.some((mark, i) => mark !== undefined && mark !== before.marks[i])
    if (isHeard) this.#hearings.set(participantId, { ...before, marks, heardAt: now })
    if (isHeard) return false
    return now - before.heardAt >= Math.min(...of.map((source) => SILENT_MS[source]))
  }
}
