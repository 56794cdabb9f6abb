export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
/** How much is logged: each level includes those before it. */
export type LogLevel = (typeof LOG_LEVELS)[number]
/** The fields of a log line. Flat, and without secrets. */
export type LogFields = Readonly<Record<string, unknown>>
/** Takes one log line. */
export type LogSink = (level: Exclude<LogLevel, 'silent'>, text: string, fields: LogFields) => void
export type Log = (level: Exclude<LogLevel, 'silent'>, text: string, fields?: LogFields) => void

/** A log up to `level`. What a sink throws is ignored. */
export function logUpTo(level: LogLevel, sink: LogSink = toConsole): Log {
  return (of, text, fields = {}) => {
    if (LOG_LEVELS.indexOf(of) > LOG_LEVELS.indexOf(level)) return
    try {
      sink(of, redactText(text), redact(fields))
    } catch {
      // A failing log must not break the client.
    }
  }
}

const toConsole: LogSink = (level, text, fields) => console[level](`[peerstage] ${text}`, fields)

/** Names of fields that hold secrets. */
const SECRET = /token|secret|credential|password|session|key|sdp|candidate|text|value/i
/** Three parts of base64url with dots between: a JSON Web Token, wherever it stands. */
const JWT = /\b[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g

const redactText = (text: string): string => text.replace(JWT, '[redacted]')

function redact(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redacted(name, value)]))
}

/** Only flat values are logged, so that no secret is inside an object. */
function redacted(name: string, value: unknown): unknown {
  if (SECRET.test(name)) return '[redacted]'
  if (value instanceof Error) return redactText(`${value.name}: ${value.message}`)
  if (typeof value === 'string') return redactText(value)
  return typeof value === 'object' && value !== null ? '[object]' : value
}
