import { type DestinationStream, type Logger, pino } from 'pino'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Three base64url parts with dots between, the first of them a JSON object's beginning. */
const JWT = /eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g

/** Fields that never reach a log, at whatever depth they are nested (up to three). */
const SECRET_FIELDS = ['token', 'secret', 'authorization', 'session', 'sdp', 'candidate', 'credential', 'text', 'hello']
const PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])

/** JSON lines. Secrets are taken out by the name of their field, and by their shape wherever they are. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const out = destination ?? pino.destination(2)
  return pino({ level, redact: { paths: PATHS, censor: '[redacted]' } }, { write: (line) => out.write(scrub(line)) })
}

/** A text without anything that looks like a token. */
export const scrub = (text: string): string => text.replace(JWT, '[redacted]')
