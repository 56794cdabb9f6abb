import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import type { Logger, LogLevel } from '../ports/logger'
import { standardError } from './stderr'

/** Three base64url parts with dots between, the first of them a JSON object's beginning. */
const JWT = /eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g

/** Fields that never reach a log, at whatever depth they are nested (up to three). */
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

/** JSON lines, on stderr where nothing else is said. Secrets are taken out by the name of their field, and by their shape wherever they are. */
export function createLogger(level: LogLevel, destination?: DestinationStream): PinoLogger {
  const write = (line: string) => (destination ?? standardError()).write(scrub(line))
  return pino({ level, redact: { paths: PATHS, censor: '[redacted]' } }, { write })
}

/** A text without anything that looks like a token. */
const scrub = (text: string): string => text.replace(JWT, '[redacted]')

/** An app's own logger: where it throws, or rejects what it promised, the line is lost and nothing else. */
export function guarded(logger: Logger): Logger {
  const guard = (level: keyof Logger): Logger['info'] => {
    return async (fields, message) => {
      try {
        await logger[level](fields, message)
      } catch {
        // There is nowhere left to say it.
      }
    }
  }
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') }
}
