import { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'

/** A token, or where to get one. A function is called for each connection, and before the token expires. */
export type TokenSource = string | (() => string | Promise<string>)

/** A token function that takes longer has failed: a backend that hangs must not stop reconnecting. */
const TOKEN_DEADLINE_MS = 10_000

/**
 * Asks the source for a token.
 * @throws LiveStreamError `token_unavailable` when the function throws, gives no text or takes over 10 s
 */
export async function tokenOf(source: TokenSource | undefined, clock: Clock): Promise<string | undefined> {
  if (typeof source !== 'function') return source
  const { promise: tooLate, cancel } = deadline(clock)
  try {
    const token: unknown = await Promise.race([source(), tooLate])
    if (typeof token === 'string' && token !== '') return token
  } catch (cause) {
    throw unavailable('The token function failed.', cause)
  } finally {
    cancel()
  }
  throw unavailable('The token function gave no token.')
}

function deadline(clock: Clock): { promise: Promise<never>; cancel: () => void } {
  let cancel = () => {}
  const promise = new Promise<never>((_, reject) => {
    cancel = clock.after(TOKEN_DEADLINE_MS, () => reject(new Error('no answer in 10 s')))
  })
  return { promise, cancel }
}

const unavailable = (message: string, cause?: unknown) =>
  new LiveStreamError('token_unavailable', message, { retryable: true, cause })
