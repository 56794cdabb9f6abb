import { answerRequests, type Handlers } from './harness/answering'

/** What a server's process used so far, and what it holds. */
export type Usage = {
  readonly atMs: number
  readonly cpuMs: number
  readonly rssBytes: number
  readonly heapBytes: number
}

/** Answers where the server listens, and what its process uses. */
export function serveMeasured(port: () => number, more: Handlers<number> = {}): void {
  answerRequests({ port, usage, collected, ...more })
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { atMs: performance.now(), cpuMs: (user + system) / 1000, rssBytes: rss, heapBytes: heapUsed + external }
}

/** The same, without garbage. */
async function collected(): Promise<Usage> {
  // What one round frees lets the next one free more.
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return usage()
}
