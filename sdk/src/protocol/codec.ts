import * as v from 'valibot'
import { type ClientMessage, clientMessage } from './client-message'
import { MAX_FRAME_MESSAGES } from './limits'
import { type ServerMessage, serverMessage } from './server-message'
import { type Hello, hello } from './session'
import { fromBase64Url, toBase64Url } from './text'

/** One message of a frame. An invalid one has its command id if that can be read, so that the rejection can name the command. */
export type Decoded<M> = { ok: true; message: M } | { ok: false; id?: number }

/** The messages of a frame; `undefined` when it is not an array of one or more. */
export type DecodedFrame<M> = Decoded<M>[] | undefined

// The messages of valibot's issues repeat the input, so they are never made, logged or sent.
const QUIET = { abortEarly: true, abortPipeEarly: true } as const

function decodeFrame<M>(schema: v.GenericSchema<unknown, M>, text: string, most: number): DecodedFrame<M> {
  const frame = parseJson(text)
  if (!Array.isArray(frame) || frame.length === 0 || frame.length > most) return undefined
  return frame.map((item) => decodeMessage(schema, item))
}

function decodeMessage<M>(schema: v.GenericSchema<unknown, M>, item: unknown): Decoded<M> {
  const parsed = v.safeParse(schema, item, QUIET)
  if (parsed.success) return { ok: true, message: parsed.output }
  const id = readableId(item)
  return id === undefined ? { ok: false } : { ok: false, id }
}

function readableId(item: unknown): number | undefined {
  if (typeof item !== 'object' || item === null || !('id' in item)) return undefined
  return typeof item.id === 'number' && Number.isSafeInteger(item.id) && item.id >= 1 ? item.id : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Decodes a frame of a client. Never throws; `undefined` when it is invalid or has more than {@link MAX_FRAME_MESSAGES} messages.
 *
 * @example
 * ```ts
 * import { decodeClientFrame } from '@peerstage/sdk/protocol'
 *
 * decodeClientFrame('[{"type":"heartbeat"}]') // [{ ok: true, message: { type: 'heartbeat' } }]
 * decodeClientFrame('no frame') // undefined
 * ```
 */
export const decodeClientFrame = (text: string): DecodedFrame<ClientMessage> =>
  decodeFrame(clientMessage, text, MAX_FRAME_MESSAGES)

/**
 * Decodes a frame of the server, with any number of messages. Never throws; `undefined` when it is invalid.
 *
 * @example
 * ```ts
 * import { decodeServerFrame } from '@peerstage/sdk/protocol'
 *
 * for (const decoded of decodeServerFrame('[{"type":"heartbeat"}]') ?? []) {
 *   if (decoded.ok) console.log(decoded.message.type)
 * }
 * ```
 */
export const decodeServerFrame = (text: string): DecodedFrame<ServerMessage> =>
  decodeFrame(serverMessage, text, Number.POSITIVE_INFINITY)

/**
 * Encodes a message; {@link joinFrame} joins encoded messages into a frame. The message is not checked.
 *
 * @example
 * ```ts
 * import { encodeMessage } from '@peerstage/sdk/protocol'
 *
 * encodeMessage({ type: 'chat.send', id: 1, text: 'hello' })
 * ```
 */
export const encodeMessage = (message: ClientMessage | ServerMessage): string => JSON.stringify(message)

/**
 * Joins encoded messages into one frame. It needs at least one, because an empty frame is invalid. The caller
 * limits the size of the frame.
 *
 * @example
 * ```ts
 * import { encodeMessage, joinFrame } from '@peerstage/sdk/protocol'
 *
 * joinFrame([encodeMessage({ type: 'heartbeat' })]) // '[{"type":"heartbeat"}]'
 * ```
 */
export const joinFrame = (messages: readonly string[]): string => `[${messages.join(',')}]`

/**
 * Encodes a hello as it follows `hello.` in the subprotocol: base64url of UTF-8 JSON, without padding (RFC 4648 §5). Neither its
 * fields nor its length are checked: servers reject a hello of more than `MAX_HELLO_CHARACTERS`.
 *
 * @example
 * ```ts
 * import { encodeHello, HELLO_PREFIX, type Hello, SUBPROTOCOL } from '@peerstage/sdk/protocol'
 *
 * const subprotocols = (hello: Hello) => [SUBPROTOCOL, HELLO_PREFIX + encodeHello(hello)]
 * ```
 */
export function encodeHello(value: Hello): string {
  return toBase64Url(JSON.stringify(value))
}

/**
 * Decodes a hello. Never throws; `undefined` when it is invalid.
 *
 * @example
 * ```ts
 * import { decodeHello } from '@peerstage/sdk/protocol'
 *
 * decodeHello('no hello') // undefined
 * ```
 */
export function decodeHello(encoded: string): Hello | undefined {
  const text = fromBase64Url(encoded)
  if (text === undefined) return undefined
  const parsed = v.safeParse(hello, parseJson(text), QUIET)
  return parsed.success ? parsed.output : undefined
}
