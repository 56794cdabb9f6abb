import { ROLES } from '@peerstage/sdk/protocol'
import { Gauge, type Registry } from 'prom-client'
import type { RoomStats } from '../hosting/room-stats'

/** The values that are read at each scrape. */
export type Sources = {
  /** The version of the server. */
  readonly version: string
  readonly rooms: () => readonly RoomStats[]
  readonly sockets: () => number
  /** Bytes that wait for slow readers. */
  readonly queuedBytes: () => number
  /** Sockets that are not read, because too many of their commands are unanswered. */
  readonly pausedSockets: () => number
  /** Whether the log accepts batches now. */
  readonly logIsUp: () => boolean
}

/** Creates the gauges, which are read from their sources at each scrape. */
export function createGauges(registers: Registry[], sources: Sources): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `peerstage_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  gauge('rooms', 'Open rooms.', () => sources.rooms().length)
  gauge('sockets', 'Open sockets, including those in verification.', sources.sockets)
  gauge('queued_bytes', 'Bytes that wait for slow readers.', sources.queuedBytes)
  const paused = 'Sockets that are not read now, because too many of their commands are unanswered.'
  gauge('paused_sockets', paused, sources.pausedSockets)
  gauge('log_up', '1 while the log accepts batches, 0 while it is down.', () => (sources.logIsUp() ? 1 : 0))
  buildInfo(registers, sources.version)
  participants(registers, sources.rooms)
}

function buildInfo(registers: Registry[], version: string): void {
  const help = 'Always 1; the label is the version of the server.'
  new Gauge({ name: 'peerstage_build_info', help, labelNames: ['version'] as const, registers }).set({ version }, 1)
}

function participants(registers: Registry[], rooms: Sources['rooms']): void {
  new Gauge({
    name: 'peerstage_participants',
    help: 'Participants of all rooms, by role.',
    labelNames: ['role'] as const,
    registers,
    collect() {
      const all = rooms()
      for (const role of ROLES) {
        const count = all.reduce((sum, room) => sum + room.participants[role], 0)
        this.set({ role }, count)
      }
    },
  })
}
