import { request } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'

/** Opens a WebSocket with these subprotocols, unchecked, and waits for its close. */
export async function connectRaw(
  url: string,
  path: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<{ protocol: string; goodbye: string | undefined; close: number }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path, protocols, { headers })
  let goodbye: string | undefined
  let protocol = ''
  socket.on('open', () => {
    protocol = socket.protocol
  })
  socket.on('message', (data) => {
    const [message] = JSON.parse(String(data))
    if (message.type === 'goodbye') goodbye = message.code
  })
  socket.on('error', () => {})
  const close = await new Promise<number>((resolve) => socket.once('close', resolve))
  return { protocol, goodbye, close }
}

export const UPGRADE_HEADERS = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** Sends an upgrade request: resolves to the HTTP status of a rejection, `upgraded`, or `destroyed`. */
export async function upgradeStatus(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number | 'upgraded' | 'destroyed'> {
  const answer = await upgradeAnswer(url, path, headers)
  return typeof answer === 'string' ? answer : answer.status
}

/** The same, with the `Retry-After` of a rejection. */
export async function upgradeAnswer(
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; retryAfter: string | undefined } | 'upgraded' | 'destroyed'> {
  const asked = request(url + path, { headers: { ...UPGRADE_HEADERS, ...headers } })
  asked.end()
  return await new Promise((resolve) => {
    asked.on('response', ({ statusCode = 0, headers }) => {
      resolve({ status: statusCode, retryAfter: headers['retry-after'] })
    })
    asked.on('upgrade', (_response, socket: Socket) => {
      socket.destroy()
      resolve('upgraded')
    })
    asked.on('error', () => resolve('destroyed'))
  })
}
