// What a scrape reads about the process: CPU and memory, the lag of the event loop, and whether it can open files.
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** The metrics of the library that are used. The lag of the event loop is measured below; the others would add series over time. */
const KEPT = [
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_max_fds',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_version_info',
]

let registry: Registry | undefined

/** Metrics of the process, under the usual names for Node programs. They are measured once, even with several servers in the process. */
export function processMetrics(): Promise<string> {
  registry ??= measured()
  return registry.metrics()
}

function measured(): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  for (const { name } of register.getMetricsAsArray()) if (!KEPT.includes(name)) register.removeSingleMetric(name)
  return register
}

const RESOLUTION_MS = 10
const QUANTILES = [
  ['0.5', 50],
  ['0.99', 99],
  ['1', 100],
] as const

/** Measures how late timers fire between two scrapes. Returns a function that stops it. */
export function eventLoopLag(registers: Registry[]): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  new Gauge({
    name: 'peerstage_event_loop_lag_seconds',
    help: 'How late the event loop was since the last scrape.',
    labelNames: ['quantile'] as const,
    registers,
    collect() {
      for (const [quantile, percentile] of QUANTILES) {
        // The histogram contains the time between two timers, so their regular interval is subtracted.
        const seconds = delay.percentile(percentile) / 1e9 - RESOLUTION_MS / 1000
        this.set({ quantile }, Math.max(0, seconds))
      }
      delay.reset()
    },
  })
  return () => void delay.disable()
}

/**
 * Measures whether the process can open more files: now, and for how many seconds it could not, because no scrape may have happened then.
 * While the limit is reached, a scrape on a new connection fails too. Returns a function that stops it.
 */
export function openFiles(registers: Registry[]): () => void {
  new Gauge({
    name: 'peerstage_files_full',
    help: '1 while the process cannot open more files, otherwise 0. New connections are then closed unread.',
    registers,
    collect() {
      this.set(mayOpenFile() ? 0 : 1)
    },
  })
  const seconds = new Counter({
    name: 'peerstage_files_full_seconds_total',
    help: 'Seconds in which the process could not open more files. It tries once a second.',
    registers,
  })
  const timer = setInterval(() => {
    if (!mayOpenFile()) seconds.inc()
  }, 1000)
  timer.unref()
  return () => clearInterval(timer)
}

/** Tries to open a file. When none can be opened (EMFILE, ENFILE), libuv closes new connections without an event. */
function mayOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return true
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes(String((error as NodeJS.ErrnoException).code))
  }
}
