import * as v from 'valibot'
import { whole } from './limits'

/** Where metrics can be read, and by whom. */
export type MetricsOptions = {
  /** A port of their own, which `listen` opens; 0 takes any free one. Default: none. */
  readonly port?: number
  /** Where that port is open. Default `127.0.0.1`: this machine. */
  readonly host?: string
  /** What a reader must show as a bearer, on either port: at least 16 characters. Default: nothing is asked for. */
  readonly token?: string
  /** Whether they can be read at `/metrics` of the port that everybody reaches. Default: in dev mode, or with a `token`, where there is no `port`. */
  readonly public?: boolean
}

/** Shorter ones could be guessed. */
const MIN_TOKEN_CHARACTERS = 16

/** The option `metrics`. */
export const metricsSettings = v.strictObject(
  {
    port: v.exactOptional(whole(0, 65_535)),
    host: v.exactOptional(v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty')), '127.0.0.1'),
    token: v.exactOptional(
      v.pipe(
        v.string('must be a text'),
        v.trim(),
        v.regex(/^[!-~]*$/, 'must be of visible ASCII characters, without blanks'),
        v.minLength(MIN_TOKEN_CHARACTERS, `must have at least ${MIN_TOKEN_CHARACTERS} characters`),
      ),
    ),
    public: v.exactOptional(v.boolean('must be true or false')),
  },
  ({ expected }) => (expected === 'never' ? 'is no option of metrics' : 'must be an object like {"port": 9090}'),
)
export type MetricsSettings = v.InferOutput<typeof metricsSettings>

/** Whether they are open to all. An operator may not know how much they tell, so that takes a word. */
export const arePublic = ({ public: asked, port, token }: MetricsSettings, dev: boolean): boolean =>
  asked ?? (port === undefined && (dev || token !== undefined))
