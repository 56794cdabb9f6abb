import { joinFrame } from '@peerstage/sdk/protocol'

/** FIN, and the opcode of a text frame: RFC 6455 §5.2. */
const FINAL_TEXT = 0x81
/** Payloads up to here are told in 7 bits, those up to 65,535 bytes in 16, longer ones in 64. */
const SHORT = 125
const MEDIUM = 0xffff

/** Encoded messages as one WebSocket frame of a server: text, whole, not masked, not compressed. */
export function textFrame(messages: readonly string[]): Buffer {
  const text = joinFrame(messages)
  const length = Buffer.byteLength(text)
  const start = length <= SHORT ? 2 : length <= MEDIUM ? 4 : 10
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = FINAL_TEXT
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, start)
  return frame
}

/**
 * Frames of messages. All connections of a room get the same ones, one after the other: those get the same frame. It is forgotten
 * when the running code is done: it may hold a welcome with TURN passwords.
 */
export class SharedFrames {
  #messages: readonly string[] = []
  #frame: Buffer = Buffer.alloc(0)

  of(messages: readonly string[]): Buffer {
    const last = this.#messages
    const isSame = last.length > 0 && messages.length === last.length && messages.every((each, i) => each === last[i])
    if (isSame) return this.#frame
    this.#messages = messages
    this.#frame = textFrame(messages)
    if (last.length === 0) queueMicrotask(() => this.#forget())
    return this.#frame
  }

  #forget(): void {
    this.#messages = []
    this.#frame = Buffer.alloc(0)
  }
}
