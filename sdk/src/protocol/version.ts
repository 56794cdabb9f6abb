/** The protocol version of this package. A change that an older peer cannot read increases it. */
export const PROTOCOL_VERSION = 1

/** The oldest supported protocol version. */
export const PROTOCOL_FLOOR = 1

/** The WebSocket subprotocol, `Sec-WebSocket-Protocol` in RFC 6455. The server selects this one. */
export const SUBPROTOCOL = `peerstage.v${PROTOCOL_VERSION}` as const

/** The prefix of the encoded hello in the second offered subprotocol: `hello.<base64url of UTF-8 JSON>`. */
export const HELLO_PREFIX = 'hello.'

/** The path prefix of rooms: `wss://host/v1/rooms/{roomId}`. */
export const ROOMS_PATH = '/v1/rooms/'
