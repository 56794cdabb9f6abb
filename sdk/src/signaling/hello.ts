import { LiveStreamError } from '../errors'
import { encodeHello, HELLO_PREFIX, type Hello, MAX_HELLO_CHARACTERS, ROOMS_PATH, SUBPROTOCOL } from '../protocol'
import type { Position, SessionPorts } from './session-ports'

/** What a socket is opened with: its intent, the token, and the position of the last event. */
export type Opening = Pick<Hello, 'intent'> & {
  readonly token: string | undefined
  readonly position: Position | undefined
  /** How long it may take until the welcome, in ms. */
  readonly limitMs: number
}

/** The hello of a new socket. Each call counts as an attempt of the session. */
export function helloOf(ports: SessionPorts, { intent, token, position }: Opening): Hello {
  const { key, joinId, name, client } = ports
  return {
    intent,
    ...(token === undefined ? {} : { token }),
    ...(name === undefined ? {} : { name }),
    session: key.key,
    attempt: key.nextAttempt(),
    joinId,
    ...position,
    client,
  }
}

/**
 * The two subprotocols that a socket offers: the version, and the hello itself. So the URL contains no secret.
 * @throws LiveStreamError `hello_too_large`: a proxy would reject it
 */
export function subprotocolsOf(hello: Hello): string[] {
  const encoded = encodeHello(hello)
  if (encoded.length > MAX_HELLO_CHARACTERS) {
    throw new LiveStreamError(
      'hello_too_large',
      `Token and name need ${encoded.length} characters in the connection request; ${MAX_HELLO_CHARACTERS} fit.`,
      { userAction: 'Issue a shorter token: less metadata, or a smaller key.' },
    )
  }
  return [SUBPROTOCOL, `${HELLO_PREFIX}${encoded}`]
}

/** Where a room's sockets are, below the server's base URL. */
export const roomUrl = (base: string, room: string): string => `${base}${ROOMS_PATH}${room}`
