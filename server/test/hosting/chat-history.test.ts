import { CHAT_KEPT, type ChatHistoryResult, DEFAULT_LIMITS } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'
import { STORES } from '../harness/stores'
import type { TestClient } from '../harness/test-client'

/** So fast that the test need not wait. */
const FAST = { commandsPerSecond: 10_000, commandBurst: 10_000, chatPerSecond: 10_000, chatBurst: 10_000 }
const limits = { ...FAST, roomChatPerSecond: 10_000, roomChatBurst: 10_000 }

async function hall(options: object = {}) {
  const running = await runServer({ limits, ...options })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  return { ...running, host }
}

async function say(client: TestClient, texts: readonly string[]): Promise<void> {
  for (const text of texts) expect(await client.ask({ type: 'chat.send', text })).toMatchObject({ ok: true })
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `message ${i + 1}`)
const textsOf = ({ messages }: ChatHistoryResult) => messages.map(({ text }) => text)

async function pageOf(client: TestClient, query: { before?: string; limit?: number } = {}): Promise<ChatHistoryResult> {
  const reply = await client.ask({ type: 'chat.history', ...query })
  if (!reply.ok) throw new Error(`no page: ${reply.error.code}`)
  return reply.result as ChatHistoryResult
}

/** All pages, the newest first. */
async function pagesOf(client: TestClient, limit: number): Promise<ChatHistoryResult[]> {
  const pages = [await pageOf(client, { limit })]
  for (let page = pages.at(-1); page?.hasMore; page = pages.at(-1)) {
    pages.push(await pageOf(client, { limit, before: page.messages[0]?.id ?? '' }))
  }
  return pages
}

test.each(STORES)(
  '%s pages go back to the beginning, beyond what the room keeps: every message once, in order',
  async (_, storeOf) => {
    const clock = new FakeClock()
    const { host } = await hall({ clock, log: storeOf(clock).open() })
    const texts = numbered(CHAT_KEPT + 60)
    await say(host, texts)
    const pages = await pagesOf(host, 40)
    expect(pages.map(({ messages }) => messages.length)).toEqual([40, 40, 40, 40])
    expect(pages.toReversed().flatMap(textsOf)).toEqual(texts)
    expect(textsOf(await pageOf(host))).toEqual(texts.slice(-50))
  },
)

test('what was said or deleted a moment before, in the same frame, is as it is then', async () => {
  const { host } = await hall()
  host.say({ type: 'chat.send', id: 1, text: 'one' }, { type: 'chat.send', id: 2, text: 'two' })
  host.say({ type: 'chat.history', id: 3 }, { type: 'chat.send', id: 4, text: 'later' })
  const { result } = (await host.reply(3)) as { result: ChatHistoryResult }
  expect(textsOf(result)).toEqual(['one', 'two'])
  await host.reply(4)
  const [first, second] = result.messages.map(({ id }) => id)
  host.say(
    { type: 'chat.delete', id: 5, messageId: first },
    { type: 'chat.delete', id: 6, messageId: first },
    { type: 'chat.delete', id: 7, messageId: second },
    { type: 'chat.history', id: 8 },
  )
  expect(await host.reply(6)).toMatchObject({ ok: false, error: { code: 'message_not_found' } })
  expect(textsOf(((await host.reply(8)) as { result: ChatHistoryResult }).result)).toEqual(['later'])
  expect(host.events('chat.deleted')).toHaveLength(2)
})

test.each(STORES)(
  '%s says so where the message to read on from is not kept, and not that there are no more',
  async (_, storeOf) => {
    const clock = new FakeClock()
    const { host } = await hall({ clock, log: storeOf(clock).open() })
    await say(host, numbered(5))
    const before = (await pageOf(host, { limit: 2 })).messages[0]?.id ?? ''
    expect(textsOf(await pageOf(host, { before }))).toEqual(numbered(3))
    await host.ask({ type: 'chat.delete', messageId: before })
    const gone = { ok: false, error: { code: 'message_not_found', retryable: false } }
    expect(await host.ask({ type: 'chat.history', before })).toMatchObject(gone)
    expect(await host.ask({ type: 'chat.history', before: 'unknown' })).toMatchObject(gone)
  },
)

test('a page of long messages is cut, so that its reply fits one frame; it says that there are more', async () => {
  const { host } = await hall()
  // Each of them is 4 KiB of UTF-8, and 8 KiB of JSON where quotes are escaped.
  const texts = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'é' : '"').repeat(2000) + String(i % 10))
  await say(
    host,
    texts.map((text) => text.slice(0, 2000)),
  )
  host.frames.length = 0
  const pages = await pagesOf(host, 100)
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.toReversed().flatMap(textsOf)).toEqual(texts.map((text) => text.slice(0, 2000)))
  expect(Math.max(...host.frames.map(({ bytes }) => bytes))).toBeLessThanOrEqual(DEFAULT_LIMITS.maxFrameBytes)
})

test('what was said before the room opened anew is not told to the one that opens it [R3.14]', async () => {
  const clock = new FakeClock()
  const { host, enter } = await hall({ clock })
  await say(host, ['between us'])
  await host.ask({ type: 'moderation.endRoom' })
  clock.advance(60_000)
  const stranger = await enter('hall', 'eve', { role: 'host' })
  await stranger.welcome()
  expect(await pageOf(stranger)).toEqual({ messages: [], hasMore: false })
})

test('while the log cannot be read there is no page, for now', async () => {
  const log = failingLog()
  const { host } = await hall({ log })
  await say(host, ['one'])
  log.broken = true
  expect(await host.ask({ type: 'chat.history' })).toMatchObject({
    ok: false,
    error: { code: 'unavailable', retryable: true, retryAfterMs: expect.any(Number) },
  })
})

test('a message that the room keeps no more can still be deleted: by its author and by moderators', async () => {
  const { host, enter } = await hall()
  const bob = await enter('hall', 'bob', { role: 'viewer' })
  await bob.welcome()
  await say(bob, ['bob 1', 'bob 2'])
  await say(host, numbered(CHAT_KEPT))
  const [last] = (await pagesOf(bob, 100)).slice(-1)
  const [first, second] = last?.messages.map(({ id }) => id) ?? []
  const eve = await enter('hall', 'eve', { role: 'viewer' })
  await eve.welcome()
  const remove = (by: TestClient, messageId = '') => by.ask({ type: 'chat.delete', messageId })
  expect(await remove(eve, first)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  expect(await remove(bob, first)).toMatchObject({ ok: true })
  expect(await remove(host, second)).toMatchObject({ ok: true })
  expect(await remove(host, second)).toMatchObject({ ok: false, error: { code: 'message_not_found' } })
  await eve.until(() => eve.events('chat.deleted').length === 2)
  expect((await pagesOf(host, 100)).toReversed().flatMap(textsOf)).toEqual(numbered(CHAT_KEPT))
})
