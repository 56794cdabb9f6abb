/**
 * A log could not read or write, and has changed nothing. After a write that failed so, the log counts as down for
 * all rooms until its `probe` succeeds: batches are thrown away and answered `unavailable`.
 *
 * @example
 * ```ts
 * import { LogUnavailable, type RoomLog } from '@peerstage/server'
 *
 * const append: RoomLog['append'] = async () => {
 *   throw new LogUnavailable('The disk is full.')
 * }
 * ```
 */
export class LogUnavailable extends Error {
  /** The name in stacks and logs. */
  override readonly name = 'LogUnavailable'
}

/**
 * A log cannot be opened now, but its settings are right: the same call may succeed later.
 *
 * @example
 * ```ts
 * import { LogNotReady, sqliteLog } from '@peerstage/server'
 *
 * try {
 *   sqliteLog('rooms.db')
 * } catch (error) {
 *   // 75 is EX_TEMPFAIL of sysexits.h: "try again".
 *   process.exit(error instanceof LogNotReady ? 75 : 1)
 * }
 * ```
 */
export class LogNotReady extends LogUnavailable {
  /** Another process has the file (`in_use`): it may end soon. Or its disk is full, read-only or faulty (`disk`). */
  readonly why: 'in_use' | 'disk'

  /** Made by a log that was asked to open; a log of your own may do so too. */
  constructor(message: string, why: 'in_use' | 'disk', options?: ErrorOptions) {
    super(message, options)
    this.why = why
  }
}

/** A log is full. Batches that free space are still tried. */
export class LogFull extends LogUnavailable {}
