import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'

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
