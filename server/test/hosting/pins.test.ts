import { CHAT_KEPT } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { FakeClock } from '../harness/fake-clock'
import { RestartableServer } from '../harness/restartable-server'
import { runServer } from '../harness/running-server'
import { STORES } from '../harness/stores'
import type { TestClient } from '../harness/test-client'

/** So fast that the test need not wait. */
const FAST = { commandsPerSecond: 10_000, commandBurst: 10_000, chatPerSecond: 10_000, chatBurst: 10_000 }
const limits = { ...FAST, roomChatPerSecond: 10_000, roomChatBurst: 10_000 }

async function say(client: TestClient, text: string): Promise<string> {
  const before = client.events('chat.sent').length
  expect(await client.ask({ type: 'chat.send', text })).toMatchObject({ ok: true })
  const event = client.events('chat.sent').slice(before).at(-1)?.logged.event
  return event?.type === 'chat.sent' ? event.message.id : ''
}

const pin = (client: TestClient, messageId: string) => client.ask({ type: 'chat.pin', messageId })

test('a moderator pins: all others hear of it, and a viewer may not', async () => {
  const { enter } = await runServer({ limits })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  const messageId = await say(bob, 'we start at nine')
  expect(await pin(bob, messageId)).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  expect(await pin(host, messageId)).toMatchObject({ ok: true })
  expect((await bob.event('chat.pinned')).logged.event).toEqual({ type: 'chat.pinned', messageId })
  expect(await pin(host, 'none')).toMatchObject({ ok: false, error: { code: 'message_not_found' } })
})

test.each(STORES)('pins %s outlive the newest messages and a restart of the server', async (_, storeOf) => {
  const clock = new FakeClock()
  const life = new RestartableServer(storeOf(clock), { clock, limits })
  const host = await (await life.start()).enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const kept = await say(host, 'kept')
  await pin(host, kept)
  for (let i = 0; i < CHAT_KEPT; i++) await say(host, `message ${i}`)
  await life.kill()
  const cyd = await (await life.start()).enter('hall', 'cyd')
  const { room } = await cyd.welcome()
  expect(room?.pinnedMessages).toMatchObject([{ id: kept, text: 'kept' }])
  expect(room?.messages.some(({ id }) => id === kept)).toBe(false)
})

test.each(STORES)('of an erased identity nothing stays pinned %s, however old it is', async (_, storeOf) => {
  const clock = new FakeClock()
  const store = storeOf(clock)
  const life = new RestartableServer(store, { clock, limits })
  const { server, enter } = await life.start()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  const his = await say(bob, 'a secret of his')
  await pin(host, his)
  for (let i = 0; i < 3 * CHAT_KEPT; i++) await say(host, `message ${i}`)
  expect(await server.identities.erase('bob')).toEqual({ ok: true, messages: 1 })
  expect((await host.event('chat.deleted')).logged.event).toEqual({ type: 'chat.deleted', messageId: his })
  await life.kill()
  const cyd = await (await life.start()).enter('hall', 'cyd')
  expect(JSON.stringify(await cyd.welcome())).not.toMatch(/secret|"bob"/)
})
