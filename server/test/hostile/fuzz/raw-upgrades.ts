import { encodeHello, HELLO_PREFIX, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { HELLO } from '../../harness/hostile-inputs'
import { newSession } from '../../harness/test-client'
import type { Random } from './random'

/** The upgrade of an honest client, as text. */
export function upgradeOf(room: string, token: string): string[] {
  const hello = encodeHello({ ...HELLO, session: newSession(), token })
  return [
    `GET /v1/rooms/${room} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}, ${HELLO_PREFIX}${hello}`,
  ]
}

const REQUEST_LINES = [
  'GET /v1/rooms/ HTTP/1.1',
  'GET /v1/rooms/a/b/../c HTTP/1.1',
  'GET /v1/rooms/%00%ff HTTP/1.1',
  'GET /v1/rooms/hall?token=x&token=y HTTP/1.1',
  'GET //\\[ HTTP/1.1',
  'POST /v1/rooms/hall HTTP/1.1',
  'GET /v1/rooms/__proto__ HTTP/1.0',
]

const HEADERS = [
  'Sec-WebSocket-Version: 12',
  'Sec-WebSocket-Key: short',
  'Sec-WebSocket-Protocol: ,,,',
  'Sec-WebSocket-Protocol: peerstage.v1, peerstage.v1',
  'Sec-WebSocket-Protocol: peerstage.v1, hello.',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
  'Origin: null',
  'Host: ]:x',
  'Authorization: Bearer \u00ff',
  'X-Forwarded-For: , , 1.2.3.4.5',
  `X-Large: ${'x'.repeat(20_000)}`,
  'No colon at all',
  'Content-Length: -1',
  'Upgrade: h2c',
]

/** An upgrade with something wrong about its lines. */
export function damagedUpgrade(random: Random, lines: readonly string[]): string[] {
  const damaged = [...lines]
  const times = 1 + random.below(3)
  for (let i = 0; i < times; i++) {
    const how = random.below(4)
    if (how === 0) damaged[0] = random.pick(REQUEST_LINES)
    else if (how === 1) damaged.splice(1 + random.below(damaged.length), 0, random.pick(HEADERS))
    else if (how === 2) damaged.splice(1 + random.below(damaged.length - 1), 1)
    else
      damaged[damaged.length - 1] = `${damaged.at(-1)}${random
        .bytes(8)
        .toString('latin1')
        .replace(/[\r\n]/g, '')}`
  }
  return damaged
}

export const asBytes = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
