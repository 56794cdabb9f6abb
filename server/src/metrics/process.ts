import { collectDefaultMetrics, Registry } from 'prom-client'

/** The metrics of the library that are used. Lag of the event loop is measured in `event-loop-lag.ts`; the others would add series over time. */
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
