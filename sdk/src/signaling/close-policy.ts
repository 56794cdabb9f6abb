// What follows the end of a connection, by the published table of codes: the end of the session, or another try after a delay.
import { LiveStreamError } from '../errors'
import { GOODBYES, type GoodbyeCode, goodbyeOfClose } from '../protocol'

/** How a connection ended: by a goodbye, by a close code that stands for one, or by nothing that says why. */
export type Ending = {
  readonly code?: GoodbyeCode
  readonly reason?: string
  readonly retryAfterMs?: number | undefined
  /** Something between client and server rejected what was sent. Sending it again would end the same way. */
  readonly unsendable?: boolean
}

/** RFC 6455 §7.4.1: a message was no UTF-8 (1007), or too big for the end that closed (1009). */
const UNSENDABLE: readonly number[] = [1007, 1009]

/** What the session knows when a connection ends. */
type SessionProgress = {
  /** Whether the room was joined before: then it is worth waiting for the room. */
  readonly joined: boolean
  /** Whether the app can give another token, and none was tried yet. */
  readonly freshTokenLeft: boolean
}

export type ClosePolicy =
  | { readonly type: 'final'; readonly code: GoodbyeCode; readonly error: LiveStreamError }
  /** At once, with a fresh token. */
  | { readonly type: 'freshToken' }
  | { readonly type: 'retry'; readonly slowly: boolean; readonly retryAfterMs: number | undefined }

/** What follows by the published table of codes. An end without a code is a network failure: try again. */
export function closePolicyOf(ending: Ending, progress: SessionProgress): ClosePolicy {
  const { code, retryAfterMs } = ending
  if (code === undefined) return { type: 'retry', slowly: false, retryAfterMs }
  const { retry } = GOODBYES[code]
  if (retry === 'soon') return { type: 'retry', slowly: false, retryAfterMs }
  if (retry === 'slowly' && progress.joined) return { type: 'retry', slowly: true, retryAfterMs }
  if (retry === 'freshToken' && progress.freshTokenLeft) return { type: 'freshToken' }
  return { type: 'final', code, error: errorOf(code, ending) }
}

/** What connections are for. `keep`: one was held before; if it is lost, another replaces it without telling the app. */
export type Aim = 'prepare' | 'keep' | 'join'

/** Whether to hold no other connection: the time for that is over, or the server accepts no more. `join()` opens its own. */
export function mayGoIdle(aim: Aim, isTimeOver: boolean, { code }: Ending, { type }: ClosePolicy): boolean {
  if (aim === 'keep') return type === 'final' || isTimeOver
  return aim === 'prepare' && code === 'rate_limited'
}

/** The ending by the close code alone, if no goodbye arrived before it. */
export function endingOfClose(close: number): Ending {
  const code = goodbyeOfClose(close)
  return code === undefined ? { unsendable: UNSENDABLE.includes(close) } : { code }
}

/** A goodbye as the error that an app sees. */
export function errorOf(code: GoodbyeCode, ending: Ending = {}): LiveStreamError {
  const { retry } = GOODBYES[code]
  return new LiveStreamError(code, ending.reason || SENTENCES[code], {
    retryable: retry === 'slowly' || retry === 'soon',
    ...(ending.retryAfterMs === undefined ? {} : { retryAfterMs: ending.retryAfterMs }),
  })
}

/** What `join()` rejects with when its time is over. */
export function joinTimeout(reachedServer: boolean, cause: unknown): LiveStreamError {
  const details = { retryable: true, cause }
  return reachedServer
    ? new LiveStreamError('timeout', 'The room could not be joined in time.', details)
    : new LiveStreamError('unreachable', 'The server cannot be reached.', details)
}

/** Why no socket was opened: there is no token, or no WebSocket for this URL. */
export const openingError = (cause: unknown): LiveStreamError =>
  cause instanceof LiveStreamError
    ? cause
    : new LiveStreamError('invalid_options', 'The WebSocket could not be made.', { cause })

const SENTENCES: Record<GoodbyeCode, string> = {
  bad_frame: 'The server could not read what this client sent.',
  unauthorized: 'The token is missing, wrong or expired.',
  forbidden: 'The token does not allow this room, or the server does not allow this page.',
  room_not_found: 'There is no such room at the moment.',
  unsupported_version: 'The server does not speak the protocol version of this SDK.',
  verification_timeout: 'The server did not finish checking the token in time.',
  superseded: 'The session went on elsewhere: another tab or device has joined with the same identity.',
  room_ended: 'The room has ended.',
  removed: 'You were removed from the room.',
  room_full: 'The room is full.',
  room_locked: 'The room is locked: it accepts no new participants.',
  rate_limited: 'Too many messages, or too many attempts, in a short time.',
  slow_consumer: 'This connection was too slow to take what the room sent.',
  busy: 'Too many connections come from this network at the moment.',
  draining: 'The server is restarting.',
  unavailable: 'The server cannot take this connection now.',
}

/** The first delay is random, from 0 to this: so the clients of a restarted server do not all connect at the same moment. */
const FIRST_WINDOW_MS = 1_000
const LONGEST_WINDOW_MS = 30_000
/** The delay after a rejection that lasts (room full, locked or absent): this long, and up to twice as long. */
const SLOW_MS = 15_000
/** The longest delay that a server can ask for. */
const LONGEST_SERVER_DELAY_MS = 3_600_000

type BackoffHints = {
  /** The room rejects for now: it is full, locked or absent. */
  slowly?: boolean
  /** The delay that the server asked for: the next try is not earlier. */
  retryAfterMs?: number | undefined
}

/**
 * How long to wait before the next try, in ms: at first anywhere from 0 to 1 s, then anywhere in the second half of a window that
 * doubles from 2 s to 30 s. Without that half a client could fail several times at once, and then wait far longer than the server was
 * away: of 2,000 clients whose server was away for 1 s, the last one came back after 9 s instead of 3 s (median of a simulation).
 *
 * @param failures how many tries failed before this wait, counted from 0
 * @param random from 0 (included) to 1 (excluded)
 */
export function backoffMs(failures: number, random: number, hints: BackoffHints = {}): number {
  const window = Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS * 2 ** Math.min(failures, 16))
  const share = failures === 0 ? random : (1 + random) / 2
  const own = hints.slowly ? SLOW_MS * (1 + random) : window * share
  const asked = hints.retryAfterMs
  if (asked === undefined || !(asked > 0)) return own
  return Math.min(asked, LONGEST_SERVER_DELAY_MS) + FIRST_WINDOW_MS * random
}
