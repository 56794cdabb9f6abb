// How a member of a room speaks to each of the servers.
import { randomBytes } from 'node:crypto'
import { encodeHello, HELLO_PREFIX, type Hello, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { signToken } from '../../src/auth/sign-token'
import { SECRET } from '../settings'

export type DialectName = 'peerstage' | 'socket.io' | 'ws'

/** One that is about to join. */
export type Newcomer = { readonly room: string; readonly index: number; readonly isFirst: boolean }

export type Dialect = {
  readonly path: (newcomer: Newcomer) => string
  readonly protocols: (newcomer: Newcomer) => Promise<readonly string[]>
  /** What it says to a message that comes before it has joined, or `joined`. */
  readonly greet: (message: string) => { readonly say?: string; readonly joined?: true }
  /** What it says to a message that asks whether it is alive. */
  readonly alive?: { readonly asked: string; readonly answer: string }
  readonly chat: (id: number, text: string) => string
}

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  peerstage: {
    path: ({ room }) => `/v1/rooms/${room}`,
    protocols: async (newcomer) => [SUBPROTOCOL, HELLO_PREFIX + encodeHello(await helloOf(newcomer))],
    greet: (message) => {
      if (message.includes('"type":"goodbye"')) throw new Error(message)
      return message.startsWith('[{"type":"welcome"') ? { joined: true } : {}
    },
    chat: (id, text) => `[{"type":"chat.send","id":${id},"text":"${text}"}]`,
  },
  'socket.io': {
    path: ({ room }) => `/socket.io/?EIO=4&transport=websocket&room=${room}`,
    protocols: async () => [],
    // Engine.IO 4: 0 is its handshake, 40 the namespace that is joined.
    greet: (message) => (message.startsWith('0') ? { say: '40' } : message.startsWith('40') ? { joined: true } : {}),
    alive: { asked: '2', answer: '3' },
    chat: (_id, text) => `42["chat",{"text":"${text}"}]`,
  },
  ws: {
    path: ({ room }) => `/${room}`,
    protocols: async () => [],
    greet: () => ({ joined: true }),
    chat: (_id, text) => `{"text":"${text}"}`,
  },
}

export async function helloOf({ room, index, isFirst }: Newcomer): Promise<Hello> {
  const identity = `person-${index}`
  // A room without a host keeps a place for one.
  const role = isFirst ? 'host' : 'guest'
  return {
    intent: 'join',
    token: await signToken({ secret: SECRET, room, identity, name: identity, role }),
    session: randomBytes(32).toString('base64url'),
    attempt: 1,
    joinId: randomBytes(12).toString('base64url'),
    client: 'bench/1',
  }
}
