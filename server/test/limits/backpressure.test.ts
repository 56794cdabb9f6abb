import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { hangingLog } from '../harness/hanging-log'
import { runServer } from '../harness/running-server'
import { scrape } from '../harness/scrape'
import type { TestClient } from '../harness/test-client'

/** So fast that only the unanswered ones count. */
const FAST = { commandsPerSecond: 10_000, commandBurst: 10_000, chatPerSecond: 10_000, chatBurst: 10_000 }
const ROOMY = { ...FAST, roomChatPerSecond: 10_000, roomChatBurst: 10_000 }

/** A room whose log hangs from now on, with one command of its host under way in it. */
async function hungRoom(limits: object = ROOMY, clock?: FakeClock) {
  const disk = hangingLog()
  const running = await runServer({ log: disk.log, limits, ...(clock === undefined ? {} : { clock }) })
  const host = await running.enter('hall', 'ada', { role: 'host', expiresInSeconds: 3600 })
  await host.welcome()
  disk.hang()
  chat(host, 1)
  await expect.poll(() => disk.hanging).toBe(1)
  return { ...running, host, disk }
}

const chat = (client: TestClient, id: number) => client.say({ type: 'chat.send', id, text: `text ${id}` })
const paused = (url: string) => scrape(url, 'peerstage_paused_sockets')
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const answered = (client: TestClient) => client.received.flatMap((m) => (m.type === 'reply' ? [m.re] : []))

test('64 commands of one connection unanswered: it is not read until replies have gone out; nothing is lost [R7.7]', async () => {
  const { url, host, disk } = await hungRoom()
  for (const id of ids(2, 200)) chat(host, id)
  host.say({ type: 'heartbeat' })
  await expect.poll(() => paused(url)).toBe(1)
  disk.goOn()
  const heartbeat = await host.next('heartbeat')
  await host.until(() => answered(host).length === 200)
  expect(answered(host).sort((a, b) => a - b)).toEqual(ids(1, 200))
  expect(await paused(url)).toBe(0)
  // Had it been read at once, its answer, which needs no room, would stand before all others.
  const before = host.received.slice(0, host.received.indexOf(heartbeat)).filter((m) => m.type === 'reply')
  expect(before.length).toBeGreaterThanOrEqual(64)
})

test('many commands in one frame are held back as well [R7.7]', async () => {
  const { url, host, disk } = await hungRoom()
  host.say(...ids(2, 100).map((id) => ({ type: 'chat.send', id, text: 'hi' })), { type: 'heartbeat' })
  await expect.poll(() => paused(url)).toBe(1)
  expect(host.received.some((m) => m.type === 'heartbeat')).toBe(false)
  disk.goOn()
  await host.until(() => answered(host).length === 100)
  await host.next('heartbeat')
})

test('an honest client has 32 under way at most: it is read all the while, and each is kept once, in order', async () => {
  const { url, host, disk } = await hungRoom()
  for (const id of ids(2, 32)) chat(host, id)
  await host.roundTrip()
  expect(await paused(url)).toBe(0)
  disk.goOn()
  for (const id of ids(1, 32)) expect(await host.reply(id)).toMatchObject({ ok: true })
  expect(host.events('chat.sent').map((m) => m.logged.event)).toMatchObject(
    ids(1, 32).map((id) => ({ message: { text: `text ${id}` } })),
  )
})

test('a client that is not read for a while does not count as dead meanwhile', async () => {
  const clock = new FakeClock()
  const { url, host, disk, enter } = await hungRoom(ROOMY, clock)
  for (const id of ids(2, 100)) chat(host, id)
  await expect.poll(() => paused(url)).toBe(1)
  for (let i = 0; i < 12; i++) clock.advance(5000)
  disk.goOn()
  await host.until(() => answered(host).length === 100)
  await host.roundTrip()
  const bob = await enter('hall', 'bob')
  expect((await bob.welcome()).reconnecting).toEqual([])
})

test('a connection that ends while it is not read is let go', async () => {
  const { url, host, disk } = await hungRoom()
  for (const id of ids(2, 100)) chat(host, id)
  await expect.poll(() => paused(url)).toBe(1)
  host.cut()
  disk.goOn()
  await expect.poll(() => scrape(url, 'peerstage_sockets')).toBe(0)
})

test('1,000 inputs queued in a room: the next is unavailable, by name, and the room heals [R7.8]', async () => {
  const { url, host, disk, enter } = await hungRoom({ ...ROOMY, maxQueuedInputs: 20 })
  for (const id of ids(2, 21)) chat(host, id)
  chat(host, 22)
  expect(await host.reply(22)).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } })
  expect(await scrape(url, 'peerstage_rejections_total{reason="queue_full"}')).toBe(1)
  const late = await enter('hall', 'late')
  expect(await late.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  disk.goOn()
  expect(await host.reply(21)).toMatchObject({ ok: true })
  expect(await host.ask({ type: 'chat.send', text: 'well again' })).toMatchObject({ ok: true })
})
