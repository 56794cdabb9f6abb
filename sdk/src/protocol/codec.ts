import * as v from 'valibot'
import { fromBase64Url, toBase64Url } from './base64url'
import { type ClientMessage, clientMessage } from './client-message'
import { MAX_FRAME_MESSAGES } from './limits'
import { type ServerMessage, serverMessage } from './server-message'
import { type Hello, hello } from './session'

/** One message of a frame. A bad one tells its command id where that can be read, so that the command can be refused by name. */
export type Decoded<M> = { ok: true; message: M } | { ok: false; id?: number }

/** A frame is an array of one or more messages. `undefined`: not even that. */
export type DecodedFrame<M> = Decoded<M>[] | undefined

// The messages of valibot's issues echo the input: they are never asked for, logged or sent.
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

/** Reads an upward frame. Never throws. More than {@link MAX_FRAME_MESSAGES} make it a bad one. */
export const decodeClientFrame = (text: string): DecodedFrame<ClientMessage> =>
  decodeFrame(clientMessage, text, MAX_FRAME_MESSAGES)

/** Reads a downward frame. Never throws. */
export const decodeServerFrame = (text: string): DecodedFrame<ServerMessage> =>
  decodeFrame(serverMessage, text, Number.POSITIVE_INFINITY)

/** A message as text, to be joined into frames by {@link joinFrame}. */
export const encodeMessage = (message: ClientMessage | ServerMessage): string => JSON.stringify(message)

/** Encoded messages as one frame. */
export const joinFrame = (messages: readonly string[]): string => `[${messages.join(',')}]`

/** A hello as it stands after `hello.` in the subprotocol: base64url of UTF-8 JSON, no padding (RFC 4648 §5). */
export function encodeHello(value: Hello): string {
  return toBase64Url(JSON.stringify(value))
}

/** Reads an encoded hello. Never throws; `undefined` when it is none. */
export function decodeHello(encoded: string): Hello | undefined {
  const text = fromBase64Url(encoded)
  if (text === undefined) return undefined
  const parsed = v.safeParse(hello, parseJson(text), QUIET)
  return parsed.success ? parsed.output : undefined
}
