const MIB = 1024 * 1024

/** What the server's process holds, after its garbage was collected. */
export type Measured = {
  readonly heapBytes: number
  readonly externalBytes: number
  readonly rssBytes: number
  /** What keeps its event loop alive, by kind: sockets, timers, pipes. */
  readonly resources: Readonly<Record<string, number>>
}

/** What the server says of itself at /metrics, and what lies on its disk. */
export type ServerGauges = {
  readonly rooms: number
  readonly sockets: number
  readonly participants: number
  readonly queuedBytes: number
  readonly pausedSockets: number
  readonly fileBytes: number
  readonly walBytes: number
}

/** Code that was compiled meanwhile, and buckets of the last seconds. Three minutes have some 20,000 sockets: 200 bytes lost with each are found. */
const MORE_HEAP_BYTES = 4 * MIB
const MORE_EXTERNAL_BYTES = 2 * MIB
/** The free pages that the log keeps for what comes next are 4 MiB. */
const MORE_FILE_BYTES = 5 * MIB
/** SQLite takes its write-ahead log back to 4 MB after each checkpoint. */
const WAL_BYTES = 5 * MIB

/** Everything that is not back where it was, in sentences. */
export function leftovers(before: Measured & ServerGauges, after: Measured & ServerGauges): string[] {
  const found: string[] = []
  const none = ['rooms', 'sockets', 'participants', 'queuedBytes', 'pausedSockets'] as const
  for (const each of none) if (after[each] !== 0) found.push(`${each}: ${after[each]}, not 0`)
  const bounded = [
    ['heapBytes', before.heapBytes + MORE_HEAP_BYTES],
    ['externalBytes', before.externalBytes + MORE_EXTERNAL_BYTES],
    ['fileBytes', before.fileBytes + MORE_FILE_BYTES],
    ['walBytes', WAL_BYTES],
  ] as const
  for (const [each, bound] of bounded) {
    if (after[each] > bound) found.push(`${each}: ${inMib(after[each])}, more than ${inMib(bound)}`)
  }
  for (const kind of new Set([...Object.keys(before.resources), ...Object.keys(after.resources)])) {
    const [was, is] = [before.resources[kind] ?? 0, after.resources[kind] ?? 0]
    if (is > was) found.push(`${kind}: ${is}, was ${was}`)
  }
  return found
}

export const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`

/** All of it in a line. */
export function summary({ heapBytes, externalBytes, rssBytes, resources, ...gauges }: Measured & ServerGauges): string {
  const { fileBytes, walBytes, ...counts } = gauges
  const memory = `heap ${inMib(heapBytes)}, external ${inMib(externalBytes)}, resident ${inMib(rssBytes)}`
  const disk = `file ${inMib(fileBytes)}, write-ahead log ${inMib(walBytes)}`
  return `${memory}; ${disk}; ${JSON.stringify(counts)}; ${JSON.stringify(resources)}`
}
