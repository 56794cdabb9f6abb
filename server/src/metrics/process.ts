import { collectDefaultMetrics, Registry } from 'prom-client'

/** Of what the library knows of a process. What the event loop does we measure ourselves; the rest would add series as it goes. */
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

/** Metrics of the process, by the names that all programs in Node give them. However many servers are in it, they are measured once. */
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
