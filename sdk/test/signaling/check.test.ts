// Whether the server is still there, asked when links have fallen silent.
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Connection } from '../../src/signaling/connection'
import { subprotocolsOf } from '../../src/signaling/hello'
import { FakeClock } from '../harness/fake-clock'
import { type ScriptedConnection, ScriptedServer } from '../harness/scripted-server'

const HELLO = { intent: 'join', session: 's'.repeat(43), attempt: 1, joinId: 'j'.repeat(21), client: 'test' } as const

let server: ScriptedServer
let connection: Connection
afterEach(() => {
  connection.close()
  server.close()
})

/** A connection that took so long to open. */
async function connected(openMs: number) {
  server = await ScriptedServer.start()
  const clock = new FakeClock()
  const ended: string[] = []
  let heard = 0
  connection = new Connection(
    { WebSocket, url: `${server.url}/v1/rooms/test`, protocols: subprotocolsOf(HELLO), clock, limitMs: 10_000 },
    {
      opened: () => undefined,
      messages: () => heard++,
      ended: (_, detail) => ended.push(detail),
    },
  )
  clock.advance(openMs)
  const line: ScriptedConnection = await server.connection(1)
  await expect.poll(() => connection.isOpen, { interval: 2 }).toBe(true)
  connection.welcomed(65_536)
  const answer = async () => {
    const before = heard
    line.send({ type: 'heartbeat' })
    await expect.poll(() => heard, { interval: 2 }).toBe(before + 1)
  }
  return { clock, ended, line, answer }
}

test('a server that does not answer within three round trips is gone, and 0.7 s at least are waited', async () => {
  for (const [openMs, limitMs] of [
    [10, 700],
    [400, 1_200],
    [9_000, 5_000],
  ] as const) {
    const { clock, ended, line } = await connected(openMs)
    connection.check()
    await line.until('heartbeat')
    clock.advance(limitMs - 1)
    expect(ended).toEqual([])
    clock.advance(1)
    expect(ended).toEqual([`no answer in ${limitMs} ms`])
    server.close()
  }
})

test('the round trip is measured by heartbeats', async () => {
  const { clock, ended, line, answer } = await connected(4_000)
  connection.check()
  await line.until('heartbeat')
  clock.advance(50)
  await answer()
  clock.advance(10_000)
  connection.check()
  await line.until('heartbeat', 2)
  clock.advance(700)
  expect(ended).toEqual(['no answer in 700 ms'])
})

test('an answer, or anything else that comes, keeps the connection; it is asked each 3 s at most', async () => {
  const { clock, ended, line, answer } = await connected(10)
  for (let n = 0; n < 10; n++) {
    for (let ms = 0; ms < 3_000; ms += 250) {
      connection.check()
      if (ms === 0) {
        await line.until('heartbeat', n + 1)
        await answer()
      }
      clock.advance(250)
    }
  }
  expect(ended).toEqual([])
  expect(line.received('heartbeat')).toHaveLength(10)
})

test('a check that soon follows another one gives the server more time', async () => {
  const { clock, ended, line, answer } = await connected(10)
  connection.check()
  await line.until('heartbeat')
  await answer()
  clock.advance(3_000)
  connection.check()
  await line.until('heartbeat', 2)
  clock.advance(2_999)
  expect(ended).toEqual([])
  clock.advance(1)
  expect(ended).toEqual(['no answer in 3000 ms'])
})

test('a heartbeat of a quiet room that is not answered yet does not stand in for a check', async () => {
  const { clock, ended, line } = await connected(10)
  clock.advance(15_000)
  await line.until('heartbeat')
  connection.check()
  await line.until('heartbeat', 2)
  clock.advance(700)
  expect(ended).toEqual(['no answer in 700 ms'])
})
