// Asks a TURN server for what browsers never ask, over one UDP socket: RFC 8489 (STUN), RFC 8656 (TURN).
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export type TurnUser = { username: string; credential: string }

const METHODS = { allocate: 0x003, refresh: 0x004, createPermission: 0x008 } as const
const COOKIE = Buffer.from('2112a442', 'hex')
const USERNAME = 0x0006
const MESSAGE_INTEGRITY = 0x0008
const ERROR_CODE = 0x0009
const LIFETIME = 0x000d
const XOR_PEER_ADDRESS = 0x0012
const REALM = 0x0014
const NONCE = 0x0015
const REQUESTED_TRANSPORT = 0x0019
const UDP = Buffer.from([17, 0, 0, 0])
/** A request or its answer may be lost: it is said again. */
const AGAIN_MS = 500

/** One client of a TURN server, with at most one relay. Each call answers 0 for success, or the code of the error. */
export class TurnClient {
  readonly #user: TurnUser
  readonly #socket: Socket
  readonly #answers = new Map<string, (answer: Buffer) => void>()
  #hasRelay = false
  #realm = ''
  #nonce: Buffer = Buffer.alloc(0)

  /** @param address as `127.0.0.1:3478` */
  static async connect(address: string, user: TurnUser): Promise<TurnClient> {
    const [host = '', port] = address.split(':')
    const socket = createSocket('udp4')
    socket.connect(Number(port), host)
    await once(socket, 'connect')
    return new TurnClient(user, socket)
  }

  private constructor(user: TurnUser, socket: Socket) {
    this.#user = user
    this.#socket = socket
    socket.on('message', (answer: Buffer) => this.#answers.get(idOf(answer))?.(answer))
    // A server that does not listen yet, or has ended, is answered by ICMP. The request is repeated; the test's time limit bounds that.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED') throw error
    })
  }

  /** Asks for a relay. */
  async allocate(): Promise<number> {
    const code = await this.#ask('allocate', [attribute(REQUESTED_TRANSPORT, UDP)])
    this.#hasRelay = code === 0
    return code
  }

  /** Asks that the relay may last. */
  refresh(): Promise<number> {
    return this.#ask('refresh', [])
  }

  /** Asks whether the relay may send to an IPv4 address. */
  permit(ip: string): Promise<number> {
    return this.#ask('createPermission', [attribute(XOR_PEER_ADDRESS, xorAddress(ip))])
  }

  /** Gives the relay back: it would count for ten minutes. */
  async close(): Promise<void> {
    if (this.#hasRelay) await this.#ask('refresh', [attribute(LIFETIME, Buffer.alloc(4))])
    this.#socket.close()
  }

  /** The first answer names the realm and the nonce; an old nonce is followed by a new one. */
  async #ask(method: keyof typeof METHODS, attributes: Buffer[]): Promise<number> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#send(method, attributes)
      const code = codeOf(answer)
      if (tries === 2 || (code !== 401 && code !== 438)) return code
      if (code === 401 && this.#realm !== '') return code
      this.#realm = found(answer, REALM).toString()
      this.#nonce = found(answer, NONCE)
    }
  }

  async #send(method: keyof typeof METHODS, attributes: Buffer[]): Promise<Buffer> {
    const id = randomBytes(12)
    const make = this.#realm === '' ? message : this.#signed
    const request = make(METHODS[method], id, attributes)
    const say = () => this.#socket.send(request)
    const again = setInterval(say, AGAIN_MS)
    const answer = new Promise<Buffer>((resolve) => this.#answers.set(id.toString('hex'), resolve))
    say()
    return answer.finally(() => clearInterval(again))
  }

  readonly #signed = (method: number, id: Buffer, attributes: Buffer[]): Buffer => {
    const { username, credential } = this.#user
    const named = [
      ...attributes,
      attribute(USERNAME, Buffer.from(username)),
      attribute(REALM, Buffer.from(this.#realm)),
      attribute(NONCE, this.#nonce),
    ]
    const key = createHash('md5').update(`${username}:${this.#realm}:${credential}`).digest()
    // The length that is signed counts the signature itself.
    const withRoom = message(method, id, [...named, attribute(MESSAGE_INTEGRITY, Buffer.alloc(20))])
    const signature = createHmac('sha1', key).update(withRoom.subarray(0, -24)).digest()
    return message(method, id, [...named, attribute(MESSAGE_INTEGRITY, signature)])
  }
}

function message(type: number, id: Buffer, attributes: Buffer[]): Buffer {
  const body = Buffer.concat(attributes)
  return Buffer.concat([uint16(type), uint16(body.length), COOKIE, id, body])
}

const attribute = (type: number, value: Buffer): Buffer =>
  Buffer.concat([uint16(type), uint16(value.length), value, Buffer.alloc(-value.length & 3)])

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function xorAddress(ip: string): Buffer {
  const address = Buffer.from(ip.split('.').map(Number)).map((byte, i) => byte ^ (COOKIE[i] ?? 0))
  return Buffer.concat([Buffer.from([0, 1]), uint16(9 ^ COOKIE.readUInt16BE(0)), address])
}

const idOf = (answer: Buffer): string => answer.subarray(8, 20).toString('hex')

const isError = (answer: Buffer): boolean => (answer.readUInt16BE(0) & 0x110) === 0x110

function codeOf(answer: Buffer): number {
  if (!isError(answer)) return 0
  const error = found(answer, ERROR_CODE)
  return (error[2] ?? 0) * 100 + (error[3] ?? 0)
}

function found(answer: Buffer, type: number): Buffer {
  for (let at = 20; at + 4 <= answer.length; ) {
    const length = answer.readUInt16BE(at + 2)
    if (answer.readUInt16BE(at) === type) return answer.subarray(at + 4, at + 4 + length)
    at += 4 + length + (-length & 3)
  }
  throw new Error(`The answer has no attribute ${type}.`)
}
