import * as v from 'valibot'
import { wholeNumber } from './limits'

/** A TURN server with passwords that expire; coturn supports them with `use-auth-secret`. */
export type TurnOptions = {
  /** Its URLs, like `turn:turn.example.com:3478`. */
  readonly urls: string | readonly string[]
  /** The secret that it shares with this server (coturn: `static-auth-secret`), at least 20 bytes. White space at its ends is removed. It is never sent to clients. */
  readonly secret: string
  /** How long a password is valid, in seconds; clients get a new one after four fifths of that. Default 3600: an hour. */
  readonly ttlSeconds?: number
}

/** At least the length of the hash (RFC 2104 §3), because a client with one password can test secrets offline. */
const MIN_SECRET_BYTES = 20

/** RFC 7065. One URL that a browser cannot parse makes it reject the whole configuration. */
const TURN_URL = /^turns?:(\[[\da-f:.]+\]|[^\s:/?#@[\]]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/i

const URLS = 'must be one or more TURN URLs, like turn:turn.example.com:3478 or turns:turn.example.com?transport=tcp'
const url = v.pipe(v.string(URLS), v.regex(TURN_URL, URLS))

/** The option `turn`. */
export const turnSettings = v.strictObject(
  {
    urls: v.union([url, v.pipe(v.array(url), v.minLength(1, URLS))], URLS),
    secret: v.pipe(
      v.string('must be a string'),
      v.trim(),
      v.regex(/^.*$/, 'must be one line'),
      v.minBytes(MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`),
    ),
    ttlSeconds: v.exactOptional(wholeNumber(10, 24 * 3600), 3600),
  },
  ({ expected }) => (expected === 'never' ? 'is not an option of turn' : 'is needed: turn takes urls and a secret'),
)
