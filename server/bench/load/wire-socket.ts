// A WebSocket client by hand (RFC 6455), as cheap as it can be: what loads a server must not be what is measured.
import { connect, type Socket } from 'node:net'

const TEXT = 0x81
const PONG = 0x8a
const OPCODE_PING = 0x9
const OPCODE_CLOSE = 0x8
const FIN_AND_OPCODE = 0x8f

const NOTHING = Buffer.alloc(0)
const END_OF_HEADER = Buffer.from('\r\n\r\n')

export type WireEvents = {
  /** A message of the server: it is the bytes of `data` from `start` to `end`. */
  readonly onMessage: (data: Buffer, start: number, end: number) => void
  readonly onClose: () => void
}

export class WireSocket {
  readonly #socket: Socket
  readonly #events: WireEvents
  #rest: Buffer = NOTHING
  #isOpen = false

  constructor(port: number, path: string, protocols: readonly string[], events: WireEvents) {
    this.#events = events
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (data) => this.#read(data))
    this.#socket.on('error', () => {})
    this.#socket.once('close', () => events.onClose())
    const offered = protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    const upgrade = ['Host: 127.0.0.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', key]
    this.#socket.write(`${[`GET ${path} HTTP/1.1`, ...upgrade, ...offered].join('\r\n')}\r\n\r\n`)
  }

  send(text: string): void {
    this.#socket.write(frameOf(TEXT, Buffer.from(text)))
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(data: Buffer): void {
    let from = 0
    const all = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    if (!this.#isOpen) {
      const end = all.indexOf(END_OF_HEADER)
      if (end !== -1 && !all.subarray(0, end).includes(' 101 ')) return this.destroy()
      this.#isOpen = end !== -1
      from = this.#isOpen ? end + END_OF_HEADER.length : 0
    }
    const read = this.#isOpen ? this.#readFrames(all, from) : 0
    this.#rest = read === all.length ? NOTHING : all.subarray(read)
  }

  /** Answers up to where the frames in it are whole. */
  #readFrames(all: Buffer, from: number): number {
    let at = from
    for (;;) {
      const header = headerAt(all, at)
      if (header === undefined || header.end > all.length) return at
      this.#take(all, at, header)
      at = header.end
    }
  }

  #take(all: Buffer, at: number, { start, end }: Header): void {
    const opcode = (all[at] ?? 0) & 0xf
    if (opcode === OPCODE_PING) this.#socket.write(frameOf(PONG, all.subarray(start, end)))
    else if (opcode === OPCODE_CLOSE) this.destroy()
    else if (((all[at] ?? 0) & FIN_AND_OPCODE) === TEXT) this.#events.onMessage(all, start, end)
    else throw new Error(`a frame that no server here sends: ${all[at]}`)
  }
}

type Header = { readonly start: number; readonly end: number }

/** Where the payload of the frame at a place begins and ends; undefined while its header is not whole. */
function headerAt(data: Buffer, at: number): Header | undefined {
  const length = (data[at + 1] ?? 0) & 0x7f
  const start = at + 2 + (length === 126 ? 2 : length === 127 ? 8 : 0)
  if (start > data.length) return undefined
  if (length < 126) return { start, end: start + length }
  return { start, end: start + (length === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))) }
}

/** A frame of a client. Its mask is zero, which leaves the payload as it is and costs nothing here. */
function frameOf(first: number, payload: Buffer): Buffer {
  const isShort = payload.length < 126
  const header = Buffer.alloc(isShort ? 6 : 8)
  header[0] = first
  header[1] = 0x80 | (isShort ? payload.length : 126)
  if (!isShort) header.writeUInt16BE(payload.length, 2)
  return Buffer.concat([header, payload])
}
