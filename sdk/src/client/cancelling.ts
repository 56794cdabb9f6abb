import { LiveStreamError } from '../errors'
import { checkOptionsObject } from '../verbs/verb'

/** Options of `join()`. */
export type JoinOptions = {
  /** Cancels joining: `join()` then rejects with `aborted`. After joining it has no effect; call `leave()`. */
  signal?: AbortSignal
}

/** Options of `prepare()`. */
export type PrepareOptions = {
  /**
   * Closes the prepared connection, now or later; a pending `prepare()` rejects with `aborted`. After `join()` was called it has
   * no effect, so a prejoin screen may always abort when it is removed from the page.
   */
  signal?: AbortSignal
}

/** The signal of these options. @throws LiveStreamError `invalid`, or `aborted` if it is aborted already */
export function signalOf(options: JoinOptions | PrepareOptions): AbortSignal | undefined {
  checkOptionsObject(options)
  const { signal } = options
  // As `fetch` does, null is taken for none.
  if (signal && typeof signal.addEventListener !== 'function')
    throw new LiveStreamError('invalid', 'signal must be an AbortSignal: new AbortController().signal.')
  if (signal?.aborted) throw aborted(signal)
  return signal
}

/** What a call that was cancelled rejects with. */
export const aborted = (signal: AbortSignal) =>
  new LiveStreamError('aborted', 'Joining was cancelled.', { cause: signal.reason })
