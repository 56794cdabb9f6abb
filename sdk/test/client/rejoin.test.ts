// Leaving and joining again by the same client, in any order.
import { afterEach, expect, test } from 'vitest'
import { Bench } from '../harness/bench'

let bench: Bench
afterEach(() => bench.close())

test('join, leave, join in one tick (React StrictMode): the first is aborted, the second joins, by one socket', async () => {
  bench = await Bench.open()
  const first = bench.client.join()
  void bench.client.leave()
  const second = bench.client.join()
  await expect(first).rejects.toMatchObject({ code: 'aborted' })
  const line = await bench.server.connection(1)
  line.welcome()
  await second
  expect(bench.client.state.status).toBe('joined')
  expect(bench.server.connections).toHaveLength(1)
})

test('stays that end in one breath: the next begins when the server knows of all of them', async () => {
  let asked = 0
  const [made, line] = await Bench.joined({ token: () => `token-${++asked}` })
  bench = made
  void bench.client.leave()
  void bench.client.join()
  const left = bench.client.leave()
  const joining = bench.client.join()
  const [{ id }] = await line.until('leave')
  expect(asked).toBe(1)
  line.accept(id)
  await left
  ;(await bench.server.connection(2)).welcome()
  await joining
  expect(asked).toBe(2)
})

test('join() in a listener of `left` waits until the server knows', async () => {
  let asked = 0
  const [made, line] = await Bench.joined({ token: () => `token-${++asked}` })
  bench = made
  bench.client.once('left', () => void bench.client.join())
  void bench.client.leave()
  const [{ id }] = await line.until('leave')
  expect(asked).toBe(1)
  line.accept(id)
  ;(await bench.server.connection(2)).welcome()
  await expect.poll(() => bench.client.state.status).toBe('joined')
})

test('after leaving, join() takes a new seat: same session key, higher attempt, another page, nothing of before', async () => {
  const [made, first] = await Bench.joined()
  bench = made
  const left = bench.client.leave()
  const [{ id }] = await first.until('leave')
  first.accept(id)
  await left
  const joining = bench.client.join()
  const second = await bench.server.connection(2)
  expect(second.hello.session).toBe(first.hello.session)
  expect(second.hello.attempt).toBe(first.hello.attempt + 1)
  expect(second.hello.joinId).not.toBe(first.hello.joinId)
  expect(second.hello.seq).toBeUndefined()
  second.welcome()
  await joining
})

test("leave() in the app's logger while a connection ends: nothing connects again", async () => {
  const logger = (_level: string, text: string) => {
    if (text === 'the connection ended') void bench.client.leave()
  }
  const [made, line] = await Bench.joined({ logLevel: 'info', logger })
  bench = made
  line.close(1011)
  await expect.poll(() => bench.client.state.status).toBe('left')
  await bench.clock.advanceAsync(2000)
  expect(bench.clock.waiting).toBe(0)
})
