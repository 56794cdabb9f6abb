import type { Clock } from '../ports/clock'
import type { Source } from '../protocol'
import type { Link } from './link'
import type { MediaTransport } from './media-transport'
import { linkStats } from './stats'

/** Of the links that have connected: none is unwell, some are, or all. */
export type MeshHealth = 'well' | 'unwell' | 'all unwell'

export type LinkHealthPorts = {
  readonly clock: Clock
  /** By participant. */
  readonly links: ReadonlyMap<string, Link>
  readonly tell: (health: MeshHealth) => void
}

/** Watches all links together, and tells how many of them are well. */
export class LinkHealth {
  readonly #ports: LinkHealthPorts
  readonly #silence: SilenceWatch

  constructor(ports: LinkHealthPorts) {
    this.#ports = ports
    this.#silence = new SilenceWatch({
      clock: ports.clock,
      transports: () => this.#connected(),
      looked: (participantId, isSilent) => {
        ports.links.get(participantId)?.repair?.silent(isSilent)
        // Again and again: the network of this page may be gone only later.
        if (isSilent) this.tell()
      },
    })
  }

  expect(expected: Expected): void {
    this.#silence.expect(expected)
  }

  /**
   * There are other passwords for TURN. Links that go over this side's TURN server restart ICE with them, as that server may end what the
   * earlier password allowed. Others stay as they are.
   */
  passwordsChanged(): void {
    for (const link of this.#ports.links.values()) void restartIfRelayed(link)
  }

  tell(): void {
    const all = [...this.#ports.links.values()].flatMap(({ repair }) => repair ?? [])
    const unwell = all.filter(({ isUnwell }) => isUnwell)
    this.#ports.tell(unwell.length === 0 ? 'well' : unwell.length < all.length ? 'unwell' : 'all unwell')
  }

  close(): void {
    this.#silence.close()
  }

  *#connected(): Iterable<readonly [participantId: string, transport: MediaTransport]> {
    for (const [participantId, { repair, transport }] of this.#ports.links) {
      if (repair !== undefined && transport !== undefined) yield [participantId, transport]
    }
  }
}

async function restartIfRelayed({ repair, transport }: Link): Promise<void> {
  if (repair === undefined || transport === undefined) return
  // The connection may be closed meanwhile.
  const { localCandidateType } = linkStats(await transport.getStats().catch(() => undefined))
  if (localCandidateType === 'relay') repair.passwordChanged()
}

/** How often it is looked whether something has arrived. */
const LOOK_MS = 250
/** Without a mark for so long the statistics are asked: sound is sent each 20 ms, a picture at least once a second. */
const DOUBT_MS = { microphone: 500, camera: 2_250 } as const
/** The same where packets come that leave no mark: statistics cost 5 ms of the page. */
const UNMARKED_DOUBT_MS = 2_000
/** How long a source may take until it sends, after the room was told of it. */
const START_MS = 3_000

/** Sources that never pause while they are published and not muted. A screen that does not change sends nothing. */
type Steady = keyof typeof DOUBT_MS
const isSteady = (source: Source): source is Steady => source in DOUBT_MS

/** What should arrive now from each participant. */
export type Expected = ReadonlyMap<string, readonly Source[]>

/** What is known of the media of one participant. */
type Hearing = {
  readonly transport: MediaTransport
  sources: readonly Steady[]
  /** The times of the last packets. */
  marks: readonly (number | null | undefined)[]
  /** By the clock; in the future for sources that have just begun. */
  heardAt: number
  /** By the statistics that were asked last. */
  packets: number | undefined
  isAsking: boolean
  isUnmarked: boolean
  isSilent: boolean
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
 * compares the times of the last packets, and asks for statistics only where these stand still: Chromium marks the packets of sound
 * only while an element plays it.
 */
export class SilenceWatch {
  readonly #ports: SilenceWatchPorts
  readonly #hearings = new Map<string, Hearing>()
  #expected: Expected = new Map()
  #cancel: (() => void) | undefined
  #lookedAt = 0
  #isClosed = false

  constructor(ports: SilenceWatchPorts) {
    this.#ports = ports
  }

  expect(expected: Expected): void {
    this.#expected = expected
    if (expected.size > 0) this.#cancel ??= this.#next()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#hearings.clear()
  }

  #next(): () => void {
    return this.#ports.clock.after(LOOK_MS, () => {
      this.#look()
      this.#cancel = this.#expected.size > 0 && !this.#isClosed ? this.#next() : undefined
    })
  }

  #look(): void {
    const now = this.#ports.clock.now()
    // A look is late in a page that is hidden, asleep or busy, which may not know yet what has arrived: that time is not counted.
    const lateMs = Math.max(0, now - this.#lookedAt - LOOK_MS)
    this.#lookedAt = now
    const gone = new Set(this.#hearings.keys())
    for (const [participantId, transport] of this.#ports.transports()) {
      const sources = (this.#expected.get(participantId) ?? []).filter(isSteady)
      if (sources.length === 0 || sources.some((source) => transport.lastArrival(source) === null)) continue
      gone.delete(participantId)
      const hearing = this.#hearing(participantId, transport, sources, now)
      hearing.heardAt = Math.max(hearing.heardAt, Math.min(now, hearing.heardAt + lateMs))
      this.#hear(hearing, now)
      this.#ports.looked(participantId, hearing.isSilent)
    }
    for (const participantId of gone) {
      this.#hearings.delete(participantId)
      this.#ports.looked(participantId, false)
    }
  }

  /** A source that begins has time to do so, but does not make a silent link heard. */
  #hearing(participantId: string, transport: MediaTransport, sources: readonly Steady[], now: number): Hearing {
    const before = this.#hearings.get(participantId)
    if (before?.transport === transport && before.sources.join() === sources.join()) return before
    const fresh = { heardAt: now + START_MS, isUnmarked: false, isSilent: false }
    const kept = before?.transport === transport && before.isSilent ? before : fresh
    const hearing = { ...fresh, ...kept, transport, sources, marks: [], packets: undefined, isAsking: false }
    this.#hearings.set(participantId, hearing)
    return hearing
  }

  #hear(hearing: Hearing, now: number): void {
    const { transport, sources, marks, heardAt, isUnmarked, isSilent } = hearing
    hearing.marks = sources.map((source) => transport.lastArrival(source))
    // Without marks before there is nothing to compare with.
    if (marks.length > 0 && hearing.marks.some((mark, i) => mark !== undefined && mark !== marks[i])) {
      Object.assign(hearing, {
        heardAt: now,
        isUnmarked: false,
        isSilent: false,
        packets: undefined,
      })
      return
    }
    const doubtMs = isUnmarked ? UNMARKED_DOUBT_MS : Math.min(...sources.map((source) => DOUBT_MS[source]))
    if ((isSilent || now - heardAt >= doubtMs) && !hearing.isAsking) void this.#ask(hearing)
  }

  async #ask(hearing: Hearing): Promise<void> {
    hearing.isAsking = true
    const report = await hearing.transport.getStats().catch(() => undefined)
    hearing.isAsking = false
    const { received } = linkStats(report)
    const packets = hearing.sources.reduce((sum, source) => sum + received[source].packetsReceived, 0)
    if (hearing.packets === packets) hearing.isSilent = true
    else if (hearing.packets !== undefined) {
      Object.assign(hearing, { heardAt: this.#ports.clock.now(), isUnmarked: true, isSilent: false })
    }
    hearing.packets = packets
  }
}
