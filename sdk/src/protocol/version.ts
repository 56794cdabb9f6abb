/** The version of the wire this package speaks. A change that an older peer cannot read raises it. */
export const PROTOCOL_VERSION = 1

/** The oldest version that is still understood. */
export const PROTOCOL_FLOOR = 1

/** The WebSocket subprotocol, `Sec-WebSocket-Protocol` in RFC 6455. The server answers with this one alone. */
export const SUBPROTOCOL = `peerstage.v${PROTOCOL_VERSION}` as const

/** The prefix of the encoded hello in the second offered subprotocol: `hello.<base64url of UTF-8 JSON>`. */
export const HELLO_PREFIX = 'hello.'

/** Rooms live under this path: `wss://host/v1/rooms/{roomId}`. */
export const ROOMS_PATH = '/v1/rooms/'
