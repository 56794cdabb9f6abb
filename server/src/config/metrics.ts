import * as v from 'valibot'
import { wholeNumber } from './limits'

/** Where metrics can be read, and with which token. */
export type MetricsOptions = {
  /** A separate port, which `listen` opens; 0 takes any free one. Default: none. */
  readonly port?: number
  /** The address of that port. Default `127.0.0.1`: this machine. */
  readonly host?: string
  /** The bearer token of a reader, on either port: at least 16 characters. Default: none is required. */
  readonly token?: string
  /** Whether metrics can be read at `/metrics` of the public port. Default: in dev mode, or with a `token`, if there is no `port`. */
  readonly public?: boolean
}

/** A shorter token could be guessed. */
const MIN_TOKEN_CHARACTERS = 16

/** The option `metrics`. */
export const metricsSettings = v.strictObject(
  {
    port: v.exactOptional(wholeNumber(0, 65_535)),
    host: v.exactOptional(v.pipe(v.string('must be a string'), v.minLength(1, 'must not be empty')), '127.0.0.1'),
    token: v.exactOptional(
      v.pipe(
        v.string('must be a string'),
        v.trim(),
        v.regex(/^[!-~]*$/, 'must have only visible ASCII characters, without spaces'),
        v.minLength(MIN_TOKEN_CHARACTERS, `must have at least ${MIN_TOKEN_CHARACTERS} characters`),
      ),
    ),
    public: v.exactOptional(v.boolean('must be true or false')),
  },
  ({ expected }) => (expected === 'never' ? 'is not an option of metrics' : 'must be an object like {"port": 9090}'),
)
export type MetricsSettings = v.InferOutput<typeof metricsSettings>

/** Whether metrics are on the public port. The operator must enable that, because metrics reveal how many participants are in rooms. */
export const arePublic = ({ public: asked, port, token }: MetricsSettings, dev: boolean): boolean =>
  asked ?? (port === undefined && (dev || token !== undefined))
