import { setTimeout } from 'node:timers/promises'

const BETWEEN_TRIES_MS = 250

export type RetryRule = {
  readonly deadlineMs: number
  /** Whether a retry may succeed after this error. */
  readonly helps: (error: unknown) => boolean
  /** Called once, before the first wait. */
  readonly waiting: (error: unknown) => void
}

/** Retries until it succeeds. Rejects with the last error when a retry cannot help, or the deadline has passed. */
export async function retryUntil<T>(
  attempt: () => T | Promise<T>,
  { deadlineMs, helps, waiting }: RetryRule,
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await attempt()
    } catch (error) {
      if (!helps(error) || performance.now() >= end) throw error
      if (isFirst) waiting(error)
    }
    await setTimeout(BETWEEN_TRIES_MS)
  }
}
