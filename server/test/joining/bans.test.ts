import type { ServerMessageOf } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

async function hostAndBob() {
  const running = await runServer()
  const host = await running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  return { ...running, host, bob, bobId }
}

async function bansSeenBy(moderator: TestClient): Promise<{ id: string; name: string; at: number }[]> {
  const reply = (await moderator.ask({ type: 'moderation.bans' })) as ServerMessageOf<'reply'> & { ok: true }
  return (reply.result as { bans: { id: string; name: string; at: number }[] }).bans
}

test('moderators see who is banned, by name and never by identity, and lift it', async () => {
  const { host, bobId, enter } = await hostAndBob()
  const eve = await enter('hall', 'eve')
  await eve.welcome()
  await host.ask({ type: 'moderation.ban', participantId: bobId })
  const [ban] = await bansSeenBy(host)
  expect(ban).toEqual({ id: expect.any(String), name: 'bob', at: expect.any(Number) })
  expect(await eve.ask({ type: 'moderation.bans' })).toMatchObject({ ok: false, error: { code: 'forbidden' } })
  const lift = () => host.ask({ type: 'moderation.unban', banId: ban?.id ?? '' })
  expect(await lift()).toMatchObject({ ok: true })
  // The others hear that something changed, and not what.
  await eve.until(() => eve.events('room.bansChanged').length === 2)
  expect(eve.events('room.bansChanged').map(({ logged }) => logged.event)).toEqual([
    { type: 'room.bansChanged' },
    { type: 'room.bansChanged' },
  ])
  expect(await (await enter('hall', 'bob')).welcome()).toMatchObject({ resumed: false })
  expect(await lift()).toMatchObject({ error: { code: 'ban_not_found' } })
})

test('the author of a message is banned though it has left; a ban is for one room', async () => {
  const { host, bob, enter } = await hostAndBob()
  await bob.ask({ type: 'chat.send', text: 'spam' })
  const { logged } = await host.event('chat.sent')
  const messageId = logged.event.type === 'chat.sent' ? logged.event.message.id : ''
  await bob.ask({ type: 'leave' })
  await host.event('participant.left')
  expect(await host.ask({ type: 'moderation.banAuthor', messageId })).toMatchObject({ ok: true })
  expect(await (await enter('hall', 'bob')).goodbye()).toMatchObject({ code: 'removed' })
  expect(await (await enter('other', 'bob')).welcome()).toMatchObject({ resumed: false })
  expect(await host.ask({ type: 'moderation.banAuthor', messageId: 'none' })).toMatchObject({
    error: { code: 'message_not_found' },
  })
})

test('a banned token has no rights at REST, whether the room is open or not; an admin still has', async () => {
  const { server, url, host, bobId } = await hostAndBob()
  await host.ask({ type: 'moderation.ban', participantId: bobId })
  const bearer = async (identity: string, more: { admin?: boolean } = {}) => {
    const token = await server.tokens.sign({ room: 'hall', identity, role: 'host', ...more })
    return { headers: { authorization: `Bearer ${token}` } }
  }
  const end = async (identity: string, more = {}) =>
    (await fetch(`${url}/v1/rooms/hall/end`, { method: 'POST', ...(await bearer(identity, more)) })).status
  expect(await end('bob')).toBe(401)
  expect(await end('bob', { admin: true })).toBe(200)
  expect(await host.goodbye()).toMatchObject({ code: 'room_ended' })
  expect(await end('bob')).toBe(401)
})
