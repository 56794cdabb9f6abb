import { Counter, Histogram, Registry } from 'prom-client'
import type { Meter } from '../ports/meter'
import { createGauges, type Sources } from './gauges'
import { eventLoopLag, openFiles, processMetrics } from './process'

export type Metrics = {
  readonly meter: Meter
  readonly contentType: string
  /** The metrics of the server. */
  readonly own: () => Promise<string>
  /** The metrics of the server and of the process. */
  readonly text: () => Promise<string>
  /** Stops measuring the event loop. Idempotent. */
  readonly close: () => void
}

/** Creates metrics in a new registry, so that two servers in one process count separately. */
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
    'Rejected connections, messages and requests, goodbyes, and connections that did not answer, by reason.',
    'reason',
  )
  const resumes = count(
    'resumes',
    'Clients that resumed, by outcome: the missed events, or a snapshot instead.',
    'outcome',
  )
  const batches = new Histogram({
    name: 'peerstage_batch_seconds',
    help: 'How long a batch of a room takes, including its append to the log.',
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
