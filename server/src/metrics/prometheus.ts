import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { ROLES } from '@peerstage/sdk/protocol'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RoomStats } from '../hosting/room-stats'
import type { Meter } from '../ports/meter'
import { eventLoopLag } from './event-loop-lag'
import { processMetrics } from './process'

/** What is looked up at each scrape. */
export type Sources = {
  /** Of the server. */
  readonly version: string
  readonly rooms: () => readonly RoomStats[]
  readonly sockets: () => number
  /** Bytes that wait for slow readers. */
  readonly queuedBytes: () => number
  /** Sockets that are not read, as too many of their commands are unanswered. */
  readonly pausedSockets: () => number
  /** Whether the log takes batches now. */
  readonly logIsUp: () => boolean
}

export type Metrics = {
  readonly meter: Meter
  readonly contentType: string
  /** What we measure ourselves. */
  readonly own: () => Promise<string>
  /** That, and what is measured of the process. */
  readonly text: () => Promise<string>
  /** Stops measuring the event loop. Idempotent. */
  readonly close: () => void
}

/** Metrics in a registry of their own: two servers in one process never count for each other. */
export function createMetrics(sources: Sources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const commands = new Counter({
    name: 'peerstage_commands_total',
    help: 'Commands by type and outcome.',
    labelNames: ['type', 'outcome'] as const,
    registers,
  })
  const refusals = new Counter({
    name: 'peerstage_refusals_total',
    help: 'Connections, messages and requests that were refused, goodbyes, and peers given up as dead, by reason.',
    labelNames: ['reason'] as const,
    registers,
  })
  const resumes = new Counter({
    name: 'peerstage_resumes_total',
    help: 'Clients that came back for what they missed, by outcome: events, or a snapshot in their place.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const batches = new Histogram({
    name: 'peerstage_batch_seconds',
    help: 'How long a batch of a room takes, its append to the log included.',
    buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  })
  gauges(registers, sources)
  return {
    meter: {
      command: (type, outcome) => commands.inc({ type, outcome }),
      refusal: (reason) => refusals.inc({ reason }),
      resume: (outcome) => resumes.inc({ outcome }),
      batch: () => {
        const stop = batches.startTimer()
        return () => void stop()
      },
    },
    contentType: registry.contentType,
    own: () => registry.metrics(),
    text: async () => `${await registry.metrics()}\n${await processMetrics()}`,
    close: eventLoopLag(registers),
  }
}

function gauges(registers: Registry[], sources: Sources): void {
  const { version, rooms, sockets, queuedBytes, pausedSockets, logIsUp } = sources
  new Gauge({
    name: 'peerstage_rooms',
    help: 'Open rooms.',
    registers,
    collect() {
      this.set(rooms().length)
    },
  })
  new Gauge({
    name: 'peerstage_sockets',
    help: 'Open sockets, those in verification included.',
    registers,
    collect() {
      this.set(sockets())
    },
  })
  new Gauge({
    name: 'peerstage_queued_bytes',
    help: 'Bytes that wait for slow readers.',
    registers,
    collect() {
      this.set(queuedBytes())
    },
  })
  new Gauge({
    name: 'peerstage_paused_sockets',
    help: 'Sockets that are not read for now, as too many of their commands are unanswered.',
    registers,
    collect() {
      this.set(pausedSockets())
    },
  })
  new Gauge({
    name: 'peerstage_files_full',
    help: '1 while the process may open no more files, 0 else: new connections are then closed unseen.',
    registers,
    collect() {
      this.set(mayOpenFile() ? 0 : 1)
    },
  })
  new Gauge({
    name: 'peerstage_build_info',
    help: '1, with the version of the server.',
    labelNames: ['version'] as const,
    registers,
  }).set({ version }, 1)
  new Gauge({
    name: 'peerstage_log_up',
    help: '1 while the log takes batches, 0 while it is down.',
    registers,
    collect() {
      this.set(logIsUp() ? 1 : 0)
    },
  })
  new Gauge({
    name: 'peerstage_participants',
    help: 'Participants of all rooms by role.',
    labelNames: ['role'] as const,
    registers,
    collect() {
      const all = rooms()
      for (const role of ROLES)
        this.set(
          { role },
          all.reduce((sum, room) => sum + room.participants[role], 0),
        )
    },
  })
}

/** libuv closes what it cannot accept for want of files (EMFILE, ENFILE) by itself, and does not tell: so it is tried. */
function mayOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return true
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes(String((error as NodeJS.ErrnoException).code))
  }
}
