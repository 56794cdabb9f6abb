import { afterEach, expect, test } from 'vitest'
import { Bench } from '../harness/bench'
import { chatSent } from '../harness/scripted-server'

const HOUR_MS = 3_600_000

let bench: Bench
afterEach(() => bench.close())

test('it is the time of the server, wherever the clock of this machine is, and is set to meanwhile', async () => {
  ;[bench] = await Bench.joined()
  const { serverNow } = bench.client
  bench.wall += HOUR_MS
  expect(serverNow()).toBe(2000)
  bench.clock.advance(5000)
  bench.wall -= 2 * HOUR_MS
  expect(serverNow()).toBe(7000)
})

test('before a room is joined it is the time of this machine; once the room is left, still that of the server', async () => {
  bench = await Bench.open()
  expect(bench.client.serverNow()).toBe(bench.wall)
  const joining = bench.client.join()
  ;(await bench.server.connection(1)).welcome()
  await joining
  void bench.client.leave()
  bench.clock.advance(1000)
  expect(bench.client.serverNow()).toBe(3000)
})

test('each welcome tells the time anew: a server may have set its clock', async () => {
  const [made, line] = await Bench.joined()
  bench = made
  line.cut()
  await expect.poll(() => bench.client.state.status).toBe('reconnecting')
  ;(await bench.reconnected(2, 1000)).welcome({ events: [], serverTime: 1500 })
  await expect.poll(() => bench.client.state.status).toBe('joined')
  expect(bench.client.serverNow()).toBe(1500)
})

test('nothing that has happened is in the future: what a machine did not count while it slept is made up for', async () => {
  const [made, line] = await Bench.joined()
  bench = made
  line.send(chatSent(3, 'after an hour of sleep'))
  await expect.poll(() => bench.client.state.messages).toHaveLength(1)
  expect(bench.client.serverNow()).toBe(3003)
  bench.clock.advance(1000)
  line.send(chatSent(4, 'sent a moment ago'))
  await expect.poll(() => bench.client.state.messages).toHaveLength(2)
  expect(bench.client.serverNow()).toBe(4003)
})
