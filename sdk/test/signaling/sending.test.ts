import { afterEach, expect, test } from 'vitest'
import { ANSWERED_COMMANDS_KEPT, DEFAULT_LIMITS } from '../../src/protocol'
import { Bench } from '../harness/bench'
import { chatSent, roomOf, type ScriptedConnection, welcomeOf } from '../harness/scripted-server'

let bench: Bench
afterEach(() => bench.close())

async function join(): Promise<ScriptedConnection> {
  const [made, line] = await Bench.joined()
  bench = made
  return line
}

const noticed = () => expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('reconnecting')
const sentTexts = (line: ScriptedConnection) => line.received('chat.send').map(({ id, text }) => [id, text])
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

test('what is said in one turn leaves in one frame', async () => {
  const line = await join()
  void bench.client.chat.send('one')
  void bench.client.chat.send('two')
  void bench.client.reactions.send('🔥')
  await line.until('cast')
  expect(line.frames).toHaveLength(1)
  expect(line.frames[0]?.map(({ type }) => type)).toEqual(['chat.send', 'chat.send', 'cast'])
})

test('a frame never exceeds what the server takes', async () => {
  const line = await join()
  const value = 'x'.repeat(8000)
  for (let n = 0; n < 12; n++) void bench.client.data.send(value)
  await line.until('cast', 12)
  expect(line.frames.length).toBeGreaterThan(1)
  for (const frame of line.frames)
    expect(JSON.stringify(frame).length).toBeLessThanOrEqual(DEFAULT_LIMITS.maxFrameBytes)
})

test('a promise resolves when the reply comes, with the message in the state already [R3.8]', async () => {
  const line = await join()
  const sent = bench.client.chat.send('hello').then(() => bench.client.state.messages.map(({ text }) => text))
  const [{ id }] = await line.until('chat.send')
  line.send(chatSent(3, 'hello'), { type: 'reply', re: id, ok: true, seq: 3 })
  expect(await sent).toEqual(['hello'])
})

test('a rejection is one typed error, told to the caller and by commandFailed', async () => {
  const line = await join()
  const locked = bench.client.moderation.lock()
  const [{ id }] = await line.until('moderation.lock')
  const error = { code: 'forbidden', message: 'Hosts only.', retryable: false }
  line.send({ type: 'reply', re: id, ok: false, error })
  await expect(locked).rejects.toMatchObject({ name: 'LiveStreamError', ...error })
  expect(bench.events.at(-1)).toMatchObject({
    name: 'commandFailed',
    payload: { command: 'moderation.lock', error: { code: 'forbidden' } },
  })
})

test('exactly once: unanswered commands leave again under the same numbers, in order, before anything new', async () => {
  const first = await join()
  const outcomes = ['one', 'two', 'three'].map((text) => codeOf(bench.client.chat.send(text)))
  await first.until('chat.send', 3)
  first.accept(1)
  await outcomes[0]
  first.cut()
  await noticed()
  outcomes.push(codeOf(bench.client.chat.send('four')))
  const second = await bench.reconnected(2)
  // The server had done 2, and its reply was lost with the line.
  second.welcome({ events: [chatSent(3, 'one').logged, chatSent(4, 'two').logged] as never, seq: 4, lastCommandId: 2 })
  await second.until('chat.send', 3)
  expect(sentTexts(second)).toEqual([
    [2, 'two'],
    [3, 'three'],
    [4, 'four'],
  ])
  for (const id of [2, 3, 4]) second.accept(id)
  expect(await Promise.all(outcomes)).toEqual(['done', 'done', 'done', 'done'])
})

test('a reply that comes twice is heard once', async () => {
  const line = await join()
  const sent = bench.client.chat.send('hello')
  await line.until('chat.send')
  line.send({ type: 'reply', re: 1, ok: true, seq: 3 }, { type: 'reply', re: 1, ok: true, seq: 3 })
  await expect(sent).resolves.toBeUndefined()
})

test('a reloaded page counts on from the last command that the server knows', async () => {
  bench = await Bench.open()
  const joining = bench.client.join()
  const line = await bench.server.connection(1)
  line.welcome({ lastCommandId: 41 })
  await joining
  void bench.client.chat.send('after the reload')
  await line.until('chat.send')
  expect(sentTexts(line)).toEqual([[42, 'after the reload']])
})

test('in another instance what was unanswered fails, what had not left is sent', async () => {
  const first = await join()
  const unanswered = codeOf(bench.client.chat.send('did it arrive?'))
  await first.until('chat.send')
  first.cut()
  await noticed()
  void bench.client.chat.send('not yet said')
  const second = await bench.reconnected(2)
  second.welcome({ room: roomOf({ instance: 'instance-2' }) })
  expect(await unanswered).toBe('unavailable')
  await second.until('chat.send')
  expect(sentTexts(second)).toEqual([[2, 'not yet said']])
})

test('chat said while disconnected waits in order; moderation is rejected at once; of stage requests the last one counts', async () => {
  const first = await join()
  first.cut()
  await noticed()
  const { chat, stage, moderation, reactions, data } = bench.client
  for (let n = 1; n <= 5; n++) void chat.send(`${n}`)
  void stage.request()
  void stage.cancel()
  expect(await codeOf(moderation.lock())).toBe('unavailable')
  expect(await codeOf(reactions.send('🔥'))).toBe('unavailable')
  expect(await codeOf(data.send({}))).toBe('unavailable')
  const second = await bench.reconnected(2)
  second.welcome({ events: [] })
  await second.until('chat.send', 5)
  expect(sentTexts(second).map(([, text]) => text)).toEqual(['1', '2', '3', '4', '5'])
  expect(second.received('stage.request')).toHaveLength(0)
  expect(second.received('stage.cancel')).toHaveLength(1)
})

test('the command queue holds 200; more fails as outbox_full', async () => {
  const line = await join()
  line.cut()
  await noticed()
  const outcomes = Array.from({ length: 201 }, (_, n) => codeOf(bench.client.chat.send(`${n}`)))
  expect(await outcomes[200]).toBe('outbox_full')
  const failed = bench.events.filter(({ name }) => name === 'commandFailed')
  expect(failed).toHaveLength(1)
})

test('an honest flood keeps to 5 a second after a first few, in order, while a raised hand overtakes it', async () => {
  const line = await join()
  const settled = Array.from({ length: 20 }, (_, n) => bench.client.chat.send(`${n}`))
  await line.until('chat.send', 8)
  void bench.client.stage.request()
  await line.until('stage.request')
  expect(line.received('chat.send')).toHaveLength(8)
  for (let id = 1; id <= 9; id++) line.accept(id)
  await Promise.all(settled.slice(0, 8))
  for (let sent = 8; sent < 20; sent++) {
    bench.clock.advance(200)
    await line.until('chat.send', sent + 1)
    expect(line.received('chat.send')).toHaveLength(sent + 1)
    line.accept(sent + 2)
    await settled[sent]
  }
  expect(sentTexts(line).map(([, text]) => text)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
  const ids = line.frames.flat().flatMap((message) => ('id' in message ? [message.id] : []))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
})

test('what a busy room rejects for its pace comes again by itself, in order, and is not lost', async () => {
  const line = await join()
  const settled = ['one', 'two', 'three'].map((text) => bench.client.chat.send(text))
  await line.until('chat.send', 3)
  const busy = { code: 'rate_limited', message: 'Too many messages at once.', retryable: true, retryAfterMs: 700 }
  const rejections = [1, 2, 3].map((re) => ({ type: 'reply', re, ok: false, error: busy }) as const)
  line.send(...rejections, chatSent(3, 'talk of others'))
  await expect.poll(() => bench.client.state.messages, { interval: 2 }).toHaveLength(1)
  void bench.client.chat.send('four')
  void bench.client.stage.request()
  await line.until('stage.request')
  expect(line.received('chat.send')).toHaveLength(3)
  bench.clock.advance(700)
  await line.until('chat.send', 7)
  expect(sentTexts(line).slice(3)).toEqual([
    [5, 'one'],
    [6, 'two'],
    [7, 'three'],
    [8, 'four'],
  ])
  for (const id of [5, 6, 7]) line.accept(id)
  await Promise.all(settled)
})

test('what is rejected before the server looked whether it was done keeps its number, and leaves before anything new', async () => {
  const first = await join()
  const settled = [bench.client.chat.send('maybe said'), bench.client.stage.request()]
  await first.until('stage.request')
  first.close(1011)
  await noticed()
  const second = await bench.reconnected(2, 5000)
  second.welcome({ events: [] })
  await second.until('stage.request')
  const later = bench.client.chat.send('later')
  await second.until('chat.send', 2)
  const busy = { code: 'rate_limited', message: 'Too much at once.', retryable: true, retryAfterMs: 700 } as const
  const down = {
    code: 'unavailable',
    message: 'The room could not keep this.',
    retryable: true,
    retryAfterMs: 900,
  } as const
  second.send({ type: 'reply', re: 1, ok: false, error: busy }, { type: 'reply', re: 2, ok: false, error: down })
  second.send({ type: 'reply', re: 3, ok: false, error: busy }, chatSent(3, 'talk of others'))
  await expect.poll(() => bench.client.state.messages, { interval: 2 }).toHaveLength(1)
  bench.clock.advance(900)
  await second.until('chat.send', 4)
  expect(sentTexts(second)).toEqual([
    [1, 'maybe said'],
    [3, 'later'],
    [1, 'maybe said'],
    [4, 'later'],
  ])
  expect(second.received('stage.request').map(({ id }) => id)).toEqual([2, 2])
  for (const id of [1, 2, 4]) second.accept(id)
  await Promise.all([...settled, later])
})

test('chat that must leave again holds up no command that is not chat, as long as the server still knows its number', async () => {
  const first = await join()
  const said = bench.client.chat.send('maybe said')
  await first.until('chat.send')
  first.close(1011)
  await noticed()
  const second = await bench.reconnected(2, 5000)
  second.welcome({ events: [] })
  await second.until('chat.send')
  const busy = { code: 'rate_limited', message: 'Too much at once.', retryable: true, retryAfterMs: 10_000 } as const
  second.send({ type: 'reply', re: 1, ok: false, error: busy }, chatSent(3, 'talk of others'))
  await expect.poll(() => bench.client.state.messages, { interval: 2 }).toHaveLength(1)
  for (let id = 2; id <= ANSWERED_COMMANDS_KEPT; id++) {
    const locked = bench.client.moderation.lock()
    bench.clock.advance(100)
    await second.until('moderation.lock', id - 1)
    second.accept(id)
    await locked
  }
  const oneMore = bench.client.moderation.lock()
  bench.clock.advance(10_000)
  await second.until('chat.send', 2)
  expect(sentTexts(second).at(-1)).toEqual([1, 'maybe said'])
  expect(second.received('moderation.lock')).toHaveLength(ANSWERED_COMMANDS_KEPT - 1)
  second.accept(1)
  await said
  await second.until('moderation.lock', ANSWERED_COMMANDS_KEPT)
  second.accept(ANSWERED_COMMANDS_KEPT + 1)
  await oneMore
})

test('a question that is sent again fails where the log is down: nothing was done by it', async () => {
  const first = await join()
  const asked = codeOf(bench.client.chat.history())
  await first.until('chat.history')
  first.close(1011)
  await noticed()
  const second = await bench.reconnected(2, 5000)
  second.welcome({ events: [] })
  await second.until('chat.history')
  const error = { code: 'unavailable', message: 'The log is down.', retryable: true } as const
  second.send({ type: 'reply', re: 1, ok: false, error })
  expect(await asked).toBe('unavailable')
})

test('app messages keep to the bytes that the server takes; more than two seconds of them do not wait', async () => {
  bench = await Bench.open()
  const joining = bench.client.join()
  const line = await bench.server.connection(1)
  line.send(welcomeOf({ limits: { ...DEFAULT_LIMITS, castBytesPerSecond: 8192, castByteBurst: 25_000 } }))
  await joining
  const outcomes = Array.from({ length: 6 }, () => codeOf(bench.client.data.send('x'.repeat(8000))))
  expect(await Promise.all(outcomes)).toEqual([...Array(5).fill('done'), 'rate_limited'])
  await line.until('cast', 2)
  for (let sent = 3; sent <= 5; sent++) {
    expect(line.received('cast')).toHaveLength(sent - 1)
    bench.clock.advance(1000)
    await line.until('cast', sent)
  }
})

test('no more commands are unanswered at once than the server allows', async () => {
  bench = await Bench.open()
  const joining = bench.client.join()
  const line = await bench.server.connection(1)
  line.send(welcomeOf({ limits: { ...DEFAULT_LIMITS, maxUnansweredCommands: 2 } }))
  await joining
  for (const text of ['1', '2', '3']) void bench.client.chat.send(text)
  await line.until('chat.send', 2)
  void bench.client.reactions.send('🔥')
  await line.until('cast')
  expect(sentTexts(line)).toHaveLength(2)
  line.accept(1)
  await line.until('chat.send', 3)
})

test('a message that something on the way cannot take is not sent again and again', async () => {
  const first = await join()
  const sent = codeOf(bench.client.chat.send('too much for a proxy'))
  await first.until('chat.send')
  first.close(1009)
  expect(await sent).toBe('payload_too_large')
  const second = await bench.reconnected(2)
  second.welcome({ events: [] })
  void bench.client.chat.send('short')
  await second.until('chat.send')
  expect(sentTexts(second)).toEqual([[2, 'short']])
})

test('reactions beyond the pace wait; far beyond it they are rejected', async () => {
  const line = await join()
  const outcomes = Array.from({ length: 80 }, () => codeOf(bench.client.reactions.send('🔥')))
  const codes = await Promise.all(outcomes)
  expect(codes.filter((code) => code === 'done')).toHaveLength(32 + 40)
  expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(8)
  await line.until('cast', 32)
  bench.clock.advance(2000)
  await line.until('cast', 72)
})
