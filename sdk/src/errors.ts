import type { GoodbyeCode, RejectionCode, Source } from './protocol'

/** Codes that the client makes. */
export type LocalErrorCode =
  /** An option has a wrong value; the message names it. */
  | 'invalid_options'
  /** Token, name and keys do not fit into the upgrade request. */
  | 'hello_too_large'
  /** `join()` did not succeed in time. */
  | 'timeout'
  /** `join()` or another call was cancelled: by its signal, or by `leave()`. */
  | 'aborted'
  /** The server cannot be reached. */
  | 'unreachable'
  /** The token function threw or gave no token. */
  | 'token_unavailable'
  /** The call needs a joined room. */
  | 'not_joined'
  /** More than 200 commands wait to be sent. */
  | 'outbox_full'
  /** The user, the browser or the system blocked the device. */
  | 'permission_denied'
  /** The device cannot be opened; another program may be using it. */
  | 'device_in_use'
  /** There is no such device. */
  | 'no_device'
  /** The page is not served by https (or localhost), so the browser hides its devices. */
  | 'insecure_context'
  /** The device cannot do what was asked. */
  | 'unsatisfied_constraints'
  /** The browser lacks what this needs. */
  | 'not_supported'
  /** The user closed the picker without choosing. */
  | 'cancelled'
  /** Two participants cannot reach each other directly, and no TURN server is configured. */
  | 'turn_needed'
  /** A link could not be made or kept. */
  | 'link_failed'

/**
 * Every code a {@link LiveStreamError} can have. Stable: messages may change, codes do not.
 *
 * Any call that asks the server may fail with `not_joined`, `unavailable` (the server cannot do it now, or a new instance of the room opened
 * before it answered), `outbox_full`, `rate_limited`, `forbidden`, `invalid`, `payload_too_large` or `internal`; and, if the room
 * is left before the answer, with `aborted` or with the code that ended it. The methods list further codes.
 */
export type ErrorCode = LocalErrorCode | GoodbyeCode | RejectionCode

/** The details of an error beside its code and message. */
export type ErrorDetails = {
  /** Whether the same call may succeed later, unchanged. */
  retryable?: boolean
  /** Milliseconds to wait before that. */
  retryAfterMs?: number
  /** What to tell a person to do: "Allow the camera in the address bar, then try again." */
  userAction?: string
  /** The cause, for example the error of the browser. */
  cause?: unknown
  /** The source that could not be captured. */
  source?: Source | undefined
  /** The single failures, if one call failed in several ways: camera and microphone of one `media.publish`. */
  errors?: readonly LiveStreamError[]
}

/**
 * The only error class that Peerstage throws or rejects with. `message` is a plain sentence; `cause` is the cause.
 *
 * @example
 * ```ts
 * import { LiveStreamError } from '@peerstage/sdk'
 *
 * try {
 *   await client.join()
 * } catch (error) {
 *   if (error instanceof LiveStreamError && error.code === 'room_full') offerToTryAgain()
 * }
 * ```
 */
export class LiveStreamError extends Error {
  /** Always that, in stacks and logs. */
  override readonly name = 'LiveStreamError'
  /** What happened, for programs. */
  readonly code: ErrorCode
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean
  /** Milliseconds to wait before that; undefined if none was given. */
  readonly retryAfterMs: number | undefined
  /** A sentence for people about what to do; undefined if there is nothing to do. */
  readonly userAction: string | undefined
  /** The source that could not be captured; undefined if the error is about none, or about several: see `errors`. */
  readonly source: Source | undefined
  /** The failures of camera and microphone, if both failed in one `media.publish`: iterate over `error.errors ?? [error]`. */
  readonly errors: readonly LiveStreamError[] | undefined

  /** `message` and `userAction` as one text to show to people. */
  get text(): string {
    return this.userAction === undefined ? this.message : `${this.message} ${this.userAction}`
  }

  /** Usually made by the SDK; an app may make one to report its own failure in the same form. `retryable` is false by default. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = details.retryable ?? false
    this.retryAfterMs = details.retryAfterMs
    this.userAction = details.userAction
    this.source = details.source
    this.errors = details.errors
  }
}
