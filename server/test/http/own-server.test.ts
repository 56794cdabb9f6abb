import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { memoryLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { rawConnection } from '../harness/raw-connection'
import { runServer } from '../harness/running-server'
import { rejections } from '../harness/scrape'

const LONG_MS = 60 * 60_000

test.each([
  ['says nothing', ''],
  ['says half a request', 'GET /livez HTTP/1.1\r\nhost: half'],
  ['is kept after its answer', 'GET /livez HTTP/1.1\r\nhost: kept\r\n\r\n'],
])('a connection that %s does not hold a drain up [R8.2]', async (_, says) => {
  const { url, server } = await runServer()
  const { answer } = await rawConnection(url, says)
  // A client that connected before another one was answered has been seen.
  await fetch(`${url}/livez`)
  await Promise.all([server.close({ deadlineMs: LONG_MS }), answer])
})

/** A request for the chat of a room, which the log does not answer before `tell` is called. */
async function askedSlowly() {
  const deeds: string[] = []
  let tell = () => {}
  const log = alteredLog(memoryLog(), {
    history: () =>
      new Promise((resolve) => {
        deeds.push('asked')
        tell = () => resolve({ messages: [], hasMore: false })
      }),
    close: async () => void deeds.push('closed'),
  })
  const { url, server } = await runServer({ log })
  const token = await server.tokens.sign({ room: 'hall', identity: 'boss', role: 'host', admin: true })
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const asked = get(`${url}/v1/rooms/hall/chat`, { agent, headers: { authorization: `Bearer ${token}` } })
  const answer = new Promise<number | string | undefined>((resolve) => {
    asked.on('response', (response) => resolve(response.resume().statusCode))
    asked.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code))
  })
  await expect.poll(() => deeds).toEqual(['asked'])
  return { server, deeds, answer, tell: () => tell() }
}

test('who has asked before the end gets the answer, and then only the log is closed', async () => {
  const { server, deeds, answer, tell } = await askedSlowly()
  const closing = server.close({ deadlineMs: LONG_MS })
  tell()
  expect(await answer).toBe(200)
  await closing
  expect(deeds).toEqual(['asked', 'closed'])
})

test('an answer that does not come holds nothing up beyond the deadline [R8.2]', async () => {
  const { server, deeds, answer } = await askedSlowly()
  await server.close({ deadlineMs: 50 })
  expect(await answer).toBe('ECONNRESET')
  expect(deeds).toEqual(['asked', 'closed'])
})

test('TCP connections are bounded too: the WebSockets that there may be, and a hundred [R7.9]', async () => {
  const { url, enter } = await runServer({ maxSockets: 2 })
  await (await enter('hall', 'ada')).welcome()
  const open = new Set<object>()
  const silent = await Promise.all(Array.from({ length: 300 }, () => rawConnection(url, '')))
  for (const { socket, answer } of silent) {
    open.add(socket)
    void answer.then(() => open.delete(socket))
  }
  await expect.poll(() => open.size).toBe(101)
  for (const { socket } of silent) socket.destroy()
  // There is room again, as soon as the server has seen that there is.
  await expect.poll(() => rejections(url, 'connections_full').catch(() => 0)).toBeGreaterThanOrEqual(199)
  await (await enter('hall', 'bob')).welcome()
})

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
/** Where the system cannot be asked, a number that each of them allows. */
const systemBound = () => (existsSync(SOMAXCONN) ? Number(readFileSync(SOMAXCONN, 'utf8')) : 100)

test('a crowd that comes while the process is busy waits with the operating system: no connection is dropped', async () => {
  const { url } = await runServer()
  const crowd = Math.min(700, systemBound())
  const connectAll = `
    let left = ${crowd}
    for (let i = left; i > 0; i--) {
      const socket = require('node:net').connect(${new URL(url).port}, '127.0.0.1')
      socket.on('connect', () => --left === 0 && process.exit(0))
      socket.on('error', () => process.exit(1))
    }`
  // Synchronous: this process accepts none meanwhile. A dropped one would be tried again in vain until the time is over.
  expect(() => execFileSync(process.execPath, ['-e', connectAll], { timeout: 60_000 })).not.toThrow()
})
