import { ConfigError } from '../config/settings'
import { LogNotReady, LogUnavailable } from '../ports/log-unavailable'

/** A setting is wrong. A restart would fail too. */
const WRONG_SETTING = 2
/** EX_TEMPFAIL of sysexits.h: the settings are not wrong, and a later start may succeed. */
const NOT_NOW = 75
export const FAULT = 1

/** Temporary errors of listening: a port in use, a network or name server that is not up yet, too many open files. */
const PASSING = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOTFOUND', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']

/** The code of the error that made listening fail. */
const codeOf = (error: unknown): string =>
  String(((error as Error | undefined)?.cause as NodeJS.ErrnoException | undefined)?.code ?? '')

/** The exit code of a command that failed to start. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof LogNotReady || isNotListening(error)) return NOT_NOW
  const isWrong = error instanceof ConfigError || error instanceof LogUnavailable || codeOf(error) === 'EACCES'
  return isWrong ? WRONG_SETTING : FAULT
}

/** Whether listening failed with a temporary error. */
const isNotListening = (error: unknown): boolean => PASSING.includes(codeOf(error))

/** Whether another process uses the file or port and may release it, because it drains or makes a backup. */
export const isInUse = (error: unknown): boolean =>
  (error instanceof LogNotReady && error.why === 'in_use') || codeOf(error) === 'EADDRINUSE'
