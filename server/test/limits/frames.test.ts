import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { InFlightCommands, SharedFrames, textFrame, type Waiting } from '../../src/gateway/socket/frames'

/** A client of `ws`, and the stream at the server's end of it. */
async function connected(): Promise<{ client: WebSocket; stream: Duplex }> {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const upgraded = new Promise<Duplex>((resolve) => {
    server.on('upgrade', (request, stream, head) => sockets.handleUpgrade(request, stream, head, () => resolve(stream)))
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const client = new WebSocket(`ws://localhost:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.terminate()
    server.close()
  })
  return { client, stream: await upgraded }
}

test('frames of each length are read by a WebSocket as they were written', async () => {
  const { client, stream } = await connected()
  // Two brackets and two quotes beside the letters: the last length of each form, and the first of the next.
  const messages = [121, 122, 65_531, 65_532, 200_000].map((letters) => JSON.stringify('x'.repeat(letters)))
  messages.push('"€ and 🔥"')
  const received: string[] = []
  client.on('message', (data) => received.push(String(data)))
  for (const each of messages) stream.write(textFrame([{ text: each }]))
  await expect.poll(() => received).toEqual(messages.map((each) => `[${each}]`))
})

const waitingIn = (frames: SharedFrames, texts: readonly string[]) => texts.map((text) => frames.waiting(text, 'kept'))

test('the same messages share a frame, others do not', async () => {
  const frames = new SharedFrames()
  const [one, two, three] = waitingIn(frames, ['1', '2', '3']) as [Waiting, Waiting, Waiting]
  const first = frames.of([one, two])
  expect(frames.of([one, two])).toBe(first)
  for (const others of [[one], [one, two, three], [one, three]]) expect(frames.of(others)).not.toBe(first)
  // A frame may hold secrets of one client: none is remembered when the batch is over.
  await Promise.resolve()
  const again = frames.of([one, two])
  expect(again).toEqual(first)
  expect(again).not.toBe(first)
})

test('the frame of a batch outlives what single connections get in between', () => {
  const frames = new SharedFrames()
  const batch = waitingIn(frames, ['1', '2'])
  const first = frames.of(batch)
  for (let i = 0; i < 20; i++) {
    frames.of(waitingIn(frames, [`"only ${i}"`]))
    expect(frames.of([...batch])).toBe(first)
  }
})

test('a message waits as one object for all its readers, and is forgotten when the batch is over', async () => {
  const frames = new SharedFrames()
  const first = frames.waiting('"€"', 'kept')
  expect(first).toEqual({ text: '"€"', bytes: 5, delivery: 'kept' })
  expect(frames.waiting('"€"', 'kept')).toBe(first)
  expect(frames.waiting('"€"', 'droppable')).toEqual({ ...first, delivery: 'droppable' })
  const last = frames.waiting('1', 'kept')
  await Promise.resolve()
  expect(frames.waiting('1', 'kept')).not.toBe(last)
})

const LIMIT = 4

/** A socket that is read or not, and turns that come when the test says so. */
function counted() {
  const turns: (() => void)[] = []
  let isRead = true
  const socket = {
    pause: () => {
      isRead = false
    },
    resume: () => {
      isRead = true
    },
  }
  let onResumed = () => {}
  const nextTurn = (callback: () => void) => void turns.push(callback)
  class Counted extends InFlightCommands {
    protected override resumed(): void {
      onResumed()
    }
  }
  const commands = new Counted(socket, { clock: { nextTurn }, limits: { maxUnansweredCommands: LIMIT } })
  const ask = (times: number) => {
    for (let i = 0; i < times; i++) commands.commandStarted()
  }
  const answer = (times: number) => {
    for (let i = 0; i < times; i++) commands.commandFinished()
  }
  const turn = () => {
    for (const callback of turns.splice(0)) callback()
  }
  const whenResumed = (callback: () => void) => {
    onResumed = callback
  }
  return { whenResumed, ask, answer, turn, isRead: () => isRead }
}

test('twice the limit unanswered: the socket is not read until no more than the limit are, and then in a turn of its own [R7.7]', () => {
  const { ask, answer, turn, isRead } = counted()
  ask(2 * LIMIT - 1)
  expect(isRead()).toBe(true)
  ask(1)
  expect(isRead()).toBe(false)
  answer(LIMIT - 1)
  turn()
  expect(isRead()).toBe(false)
  answer(1)
  expect(isRead()).toBe(false)
  turn()
  expect(isRead()).toBe(true)
})

test('who asks as much again once it is read is not read again, however many replies had come at once [R7.7]', () => {
  const { whenResumed, ask, answer, turn, isRead } = counted()
  let resumed = 0
  whenResumed(() => {
    resumed++
    ask(2 * LIMIT)
  })
  ask(2 * LIMIT)
  answer(2 * LIMIT)
  turn()
  expect(resumed).toBe(1)
  expect(isRead()).toBe(false)
  answer(LIMIT)
  turn()
  expect(resumed).toBe(2)
})
