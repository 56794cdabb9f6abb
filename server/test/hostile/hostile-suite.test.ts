import { connect as openSocket } from 'node:net'
import { SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { BAD_FRAMES, BAD_HELLOS, BAD_MESSAGES } from '../harness/hostile-inputs'
import { connectRaw } from '../harness/raw-upgrade'
import { type Running, runServer } from '../harness/running-server'

/** What is no WebSocket at all. */
const NOISE = [
  '\u0000\u0001\u0002\r\n\r\n',
  'GET /v1/rooms/hall HTTP/1.1\r\n\r\n',
  'GET /v1/rooms/hall HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'GET //\\[ HTTP/1.1\r\nhost: ]:x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'POST /v1/rooms/%ff/end HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n',
]

async function shout(url: string, noise: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = openSocket({ host: hostname, port: Number(port) })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  socket.resume()
  socket.end(noise)
  await closed
}

async function misbehave({ enter }: Running, identity: string, frames: (string | Buffer)[]): Promise<void> {
  const client = await enter('noise', identity, { role: 'host' })
  await client.welcome()
  for (const frame of frames) client.raw(frame)
  await client.closed
}

test('no input ends the process: after all that is hostile it still answers, and other rooms go on [R7.1]', async () => {
  const running = await runServer()
  const { url, enter, connect } = running
  const ada = await enter('hall', 'ada', { role: 'host' })
  await ada.welcome()

  for (const noise of NOISE) await shout(url, noise)
  for (const [, offered] of BAD_HELLOS) await connectRaw(url, '/v1/rooms/hall', [SUBPROTOCOL, ...offered])
  for (const token of ['nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.']) await connect('hall', { token }).closed
  for (const [what, frame] of BAD_FRAMES) await misbehave(running, what, [frame])
  for (const [what, message] of BAD_MESSAGES) await misbehave(running, what, Array(3).fill(`[${message}]`))
  await misbehave(running, 'too much', [`["${'x'.repeat(64 * 1024)}"]`])

  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect(await ada.ask({ type: 'chat.send', text: 'all is well' })).toMatchObject({ ok: true })
  expect(ada.events().map((each) => each.logged.event.type)).toEqual(['chat.sent'])
})
