/** How much is logged: the level and all above it. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where the server says what happens. Fields never hold tokens, descriptions, candidates or texts of people. */
export interface Logger {
  /** For who looks for a fault. */
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  /** What happens in the course of things. */
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  /** What an operator should look at some time. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  /** What an operator should look at now. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}
