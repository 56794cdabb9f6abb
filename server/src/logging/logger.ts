import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import type { Logger, LogLevel } from '../ports/logger'
import { stderrQueue } from './stderr'

/** A JSON Web Token: three base64url parts with dots between them. The first begins like an encoded JSON object. */
const JWT = /eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g

/** Fields that are removed from log lines, down to three levels of nesting. */
const SECRET_FIELDS = [
  'token',
  'secret',
  'authorization',
  'cookie',
  'password',
  'session',
  'sdp',
  'candidate',
  'credential',
  'text',
  'hello',
  'identity',
]
const PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])

/** A logger that writes JSON lines, by default to stderr. It removes secrets by the name of their field, and tokens by their form in all texts. */
export function createLogger(level: LogLevel, destination?: DestinationStream): PinoLogger {
  const write = (line: string) => (destination ?? stderrQueue()).write(scrub(line))
  return pino({ level, redact: { paths: PATHS, censor: '[redacted]' } }, { write })
}

/** Redacts all that looks like a token. */
const scrub = (text: string): string => text.replace(JWT, '[redacted]')

/** Wraps the logger of an app. If it throws or rejects, only the line is lost. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger): Logger['info'] => {
    return async (fields, message) => {
      try {
        await logger[level](fields, message)
      } catch {
        // There is no other output for this error.
      }
    }
  }
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') }
}
