// How a client finds out that its line is dead, and does not take a living one for dead.
import { afterEach, expect, test } from 'vitest'
import { Bench } from '../harness/bench'
import { chatSent, type ScriptedConnection } from '../harness/scripted-server'

const MINUTE = 60_000

let bench: Bench
afterEach(() => bench.close())

async function join(): Promise<ScriptedConnection> {
  const [made, line] = await Bench.joined()
  bench = made
  return line
}

/** Waits until the client knows that its line is gone. */
const noticed = () => expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('reconnecting')

/** Time goes by without a timer; then the page is seen again. */
function sleep(ms: number): void {
  bench.clock.grainMs = 2 * (bench.clock.now() + ms)
  bench.clock.advance(ms)
  wakeUp()
}

/** Timers run as they should again: those that are due come first. */
function wakeUp(): void {
  bench.clock.grainMs = 0
  bench.page.tell('wake')
  bench.clock.advance(0)
}

/** The server answers, with a word that shows when the client has heard it. */
async function answer(line: ScriptedConnection): Promise<void> {
  const heard = () => bench.client.state.messages.length
  const seq = 3 + heard()
  line.send({ type: 'heartbeat' }, chatSent(seq, 'alive'))
  await expect.poll(heard, { interval: 2 }).toBe(seq - 2)
}

test('a socket that says nothing for 30 s is given up; a heartbeat is sent each 15 s', async () => {
  const line = await join()
  bench.clock.advance(15_000)
  await line.until('heartbeat')
  bench.clock.advance(15_000)
  await noticed()
  await bench.reconnected(2)
})

test('an answered heartbeat keeps the socket', async () => {
  const line = await join()
  for (let n = 1; n <= 4; n++) {
    bench.clock.advance(15_000)
    await line.until('heartbeat', n)
    await answer(line)
  }
  expect(bench.server.connections).toHaveLength(1)
})

test('a page that wakes asks whether the server lives, and gives it 5 s', async () => {
  const line = await join()
  bench.page.tell('wake')
  await line.until('heartbeat')
  bench.clock.advance(5000)
  await noticed()
})

test('a hidden tab, whose timers come once a minute, keeps its socket in a quiet room; so does the return to it', async () => {
  const line = await join()
  bench.clock.grainMs = MINUTE
  for (let minute = 1; minute <= 4; minute++) {
    bench.clock.advance(MINUTE)
    await line.until('heartbeat', minute)
    await answer(line)
  }
  bench.clock.advance(MINUTE - 1)
  wakeUp()
  await line.until('heartbeat', 5)
  await answer(line)
  bench.clock.advance(14_999)
  expect(bench.names()).not.toContain('reconnecting')
})

test('a hidden tab finds a dead line by its second timer, and a return to it finds that at once', async () => {
  const line = await join()
  bench.clock.grainMs = MINUTE
  bench.clock.advance(MINUTE)
  await line.until('heartbeat')
  bench.clock.advance(MINUTE)
  await noticed()
  const second = await bench.reconnected(2)
  second.welcome({ events: [] })
  await expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('joined')

  bench.clock.advance(MINUTE)
  await second.until('heartbeat')
  bench.clock.advance(MINUTE / 2)
  wakeUp()
  await bench.reconnected(3)
})

test('after a sleep, in which nothing was asked, a living line is kept and a dead one is found in 5 s', async () => {
  const line = await join()
  sleep(90 * MINUTE)
  await line.until('heartbeat')
  await answer(line)
  bench.clock.advance(14_999)
  expect(bench.names()).not.toContain('reconnecting')

  sleep(90 * MINUTE)
  bench.clock.advance(5000)
  await noticed()
})
