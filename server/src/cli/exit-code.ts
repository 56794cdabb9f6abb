import { ConfigError } from '../config/settings'
import { LogNotReady, LogUnavailable } from '../ports/log-unavailable'

/** A setting is wrong, and would be as wrong the next time. */
const WRONG_SETTING = 2
/** EX_TEMPFAIL of sysexits.h: nothing is wrong with the settings, and the same may work in a moment. */
const NOT_NOW = 75
export const FAULT = 1

/** The errors of listening that pass: a port is given back, a network or its name server comes up, files are closed. */
const PASSING = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOTFOUND', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']

/** The code of what made listening fail. */
const codeOf = (error: unknown): string =>
  String(((error as Error | undefined)?.cause as NodeJS.ErrnoException | undefined)?.code ?? '')

/** How the command ends where it could not start. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof LogNotReady || isNotListening(error)) return NOT_NOW
  const isWrong = error instanceof ConfigError || error instanceof LogUnavailable || codeOf(error) === 'EACCES'
  return isWrong ? WRONG_SETTING : FAULT
}

/** Whether an address cannot be listened on for now. */
const isNotListening = (error: unknown): boolean => PASSING.includes(codeOf(error))

/** Whether another process has what this one needs, and may give it back: one that drains, or makes a backup. */
export const isInUse = (error: unknown): boolean =>
  (error instanceof LogNotReady && error.why === 'in_use') || codeOf(error) === 'EADDRINUSE'
