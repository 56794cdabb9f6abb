import { Counter, Histogram, Registry } from 'prom-client'
import type { Meter } from '../ports/meter'
import { eventLoopLag } from './event-loop-lag'
import { createGauges, type Sources } from './gauges'
import { openFiles } from './open-files'
import { processMetrics } from './process'

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
  createGauges(registers, sources)
  const stops = [openFiles(registers), eventLoopLag(registers)]
  return {
    meter: createMeter(registers),
    contentType: registry.contentType,
    own: () => registry.metrics(),
    text: async () => `${await registry.metrics()}\n${await processMetrics()}`,
    close() {
      for (const stop of stops) stop()
    },
  }
}

function createMeter(registers: Registry[]): Meter {
  const count = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `peerstage_${name}_total`, help, labelNames, registers })
  const commands = count('commands', 'Commands by type and outcome.', 'type', 'outcome')
  const rejections = count(
    'rejections',
    'Connections, messages and requests that were rejected, goodbyes, and peers given up as dead, by reason.',
    'reason',
  )
  const resumes = count(
    'resumes',
    'Clients that came back for what they missed, by outcome: events, or a snapshot in their place.',
    'outcome',
  )
  const batches = new Histogram({
    name: 'peerstage_batch_seconds',
    help: 'How long a batch of a room takes, its append to the log included.',
    buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  })
  return {
    command: (type, outcome) => commands.inc({ type, outcome }),
    rejection: (reason) => rejections.inc({ reason }),
    resume: (outcome) => resumes.inc({ outcome }),
    batch: () => {
      const stop = batches.startTimer()
      return () => void stop()
    },
  }
}
