import type { IncomingMessage } from 'node:http'
import {
  decodeHello,
  type GoodbyeCode,
  HELLO_PREFIX,
  type Hello,
  MAX_HELLO_CHARACTERS,
  PROTOCOL_FLOOR,
  PROTOCOL_VERSION,
  roomId,
  SUBPROTOCOL,
} from '@peerstage/sdk/protocol'
import * as v from 'valibot'
import { bearerToken } from '../../auth/bearer-token'

/** The address of an upgrade: a room id, which may not be valid. */
export type Address = { readonly roomId: string | undefined; readonly query: URLSearchParams }

export type ParsedHello = { readonly roomId: string; readonly hello: Hello; readonly token: string | undefined }
/** The part of a hello that the request for a seat needs. It has no secrets. */
export type SeatHello = Pick<Hello, 'intent' | 'joinId' | 'attempt' | 'seq' | 'instance'>

export const seatHelloOf = ({ intent, joinId, attempt, seq, instance }: SeatHello): SeatHello => ({
  intent,
  joinId,
  attempt,
  ...(seq === undefined ? {} : { seq }),
  ...(instance === undefined ? {} : { instance }),
})

/** How a connection without a readable hello is closed. */
export type BadHello = { readonly goodbye: GoodbyeCode; readonly reason: string }
export type HelloResult =
  | { readonly ok: true; readonly hello: ParsedHello }
  | { readonly ok: false; readonly error: BadHello }

/** The room that a URL under `roomsPath` names. */
export function addressOf(url: string | undefined, roomsPath: string): Address {
  const [path = '', query = ''] = (url ?? '').split('?', 2)
  const id = path.slice(roomsPath.length)
  return { roomId: v.is(roomId, id) ? id : undefined, query: new URLSearchParams(query) }
}

export const offeredProtocols = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())

/** The subprotocols that this server supports, from its own version down to the oldest; the first is preferred. */
const UNDERSTOOD: readonly string[] = Array.from(
  { length: PROTOCOL_VERSION - PROTOCOL_FLOOR + 1 },
  (_, below) => `peerstage.v${PROTOCOL_VERSION - below}`,
)

/**
 * The subprotocol to answer: one of ours, never the hello. A client of another version gets its own back, or its browser would
 * drop the connection before the goodbye that tells why.
 */
export function answeredProtocol(offered: Iterable<string>): string | false {
  const all = [...offered]
  const ours = UNDERSTOOD.find((each) => all.includes(each))
  return ours ?? all.find((each) => /^peerstage\.v\d{1,4}$/.test(each)) ?? false
}

/** Reads the hello of an upgrade, or says what is wrong with it. */
export function parseHello(request: IncomingMessage, { roomId, query }: Address): HelloResult {
  if (query.has('token')) return badHello('A token does not belong into a URL: send it in the hello.')
  if (roomId === undefined) return badHello(ROOM_ID_FORM)
  const offered = offeredProtocols(request)
  if (!UNDERSTOOD.some((each) => offered.includes(each))) {
    return { ok: false, error: { goodbye: 'unsupported_version', reason: `This server speaks ${SUBPROTOCOL}.` } }
  }
  const encoded = offered.filter((each) => each.startsWith(HELLO_PREFIX)).map((each) => each.slice(HELLO_PREFIX.length))
  const [only] = encoded
  if (only === undefined || encoded.length > 1) return badHello('The hello is missing.')
  if (only.length > MAX_HELLO_CHARACTERS) return badHello('The hello is too large.')
  const hello = decodeHello(only)
  return hello === undefined
    ? badHello('The hello cannot be read.')
    : { ok: true, hello: { roomId, hello, token: tokenOf(request, hello) } }
}

/** What a room id must be, in words. */
export const ROOM_ID_FORM = 'A room id has 1 to 64 characters of A-Z, a-z, 0-9, _ and -.'

const badHello = (reason: string): HelloResult => ({ ok: false, error: { goodbye: 'bad_frame', reason } })

/** From Node, where headers can be set, the token may also come as a bearer. */
function tokenOf({ headers }: IncomingMessage, hello: Hello): string | undefined {
  return hello.token ?? bearerToken(headers.authorization)
}
