import { afterEach, expect, test } from 'vitest'
import type { LiveStreamClient, Role } from '../../src/index'
import { RoomHouse } from '../harness/room-house'

let house: RoomHouse
afterEach(() => house.close())

/** Joins by tokens, for a ban is of an identity: dev mode's strangers have a new one each time. */
async function person(identity: string, role: Role = 'guest'): Promise<LiveStreamClient> {
  await house.url()
  return house.client(identity, { token: () => house.server.token({ room: 'test', identity, name: identity, role }) })
}

async function joined(identity: string, role?: Role): Promise<LiveStreamClient> {
  const client = await person(identity, role)
  await client.join()
  return client
}

test('who is banned is sent away and stays out, until the ban is lifted', async () => {
  house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' } })
  const ada = await joined('Ada', 'host')
  const ben = await joined('Ben')
  const told: (string | null)[] = []
  ada.on('bansChanged', ({ by }) => told.push(by))

  await ada.moderation.ban(ben.state.self?.id ?? '')
  await expect.poll(() => ben.state).toMatchObject({ status: 'left', reason: 'removed', error: { retryable: false } })
  expect(ada.state.participants.map(({ name }) => name)).toEqual(['Ada'])
  await expect(joined('Ben', 'host')).rejects.toMatchObject({ code: 'removed', retryable: false })

  const [ban, ...others] = await ada.moderation.bans()
  expect([ban, others]).toEqual([{ id: expect.any(String), name: 'Ben', at: expect.any(Number) }, []])
  await ada.moderation.unban(ban?.id ?? '')
  expect(await ada.moderation.bans()).toEqual([])
  await joined('Ben')
  expect(told).toEqual([ada.state.self?.id, ada.state.self?.id])
})

test('the author of a message is banned, though it has left', async () => {
  house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' } })
  const ada = await joined('Ada', 'host')
  const ben = await joined('Ben')
  await ben.chat.send('spam')
  await ben.leave()
  const [message] = ada.state.messages
  await ada.moderation.ban({ messageId: message?.id ?? '' })
  await expect(joined('Ben')).rejects.toMatchObject({ code: 'removed' })
  await ada.chat.delete(message?.id ?? '')
  await expect(ada.moderation.ban({ messageId: message?.id ?? '' })).rejects.toMatchObject({
    code: 'message_not_found',
  })
})

test.each(['kick', 'ban', 'endRoom'] as const)(
  'until it has left, no client sees a room without itself (%s)',
  async (how) => {
    house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' } })
    const ada = await joined('Ada', 'host')
    const ben = await joined('Ben')
    const shown: unknown[] = []
    ben.subscribe(() => shown.push([ben.state.status, ben.state.room?.id ?? null, ben.state.self?.name ?? null]))
    await (how === 'endRoom' ? ada.moderation.endRoom() : ada.moderation[how](ben.state.self?.id ?? ''))
    await expect.poll(() => ben.state.status).toBe('left')
    expect(shown).toEqual([['left', null, null]])
  },
)

test('each rejection of a ban has its code', async () => {
  house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' } })
  const ada = await joined('Ada', 'host')
  const ben = await joined('Ben', 'cohost')
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'ok',
      ({ code }) => code,
    )
  expect(await codeOf(ben.moderation.ban(ada.state.self?.id ?? ''))).toBe('forbidden')
  expect(await codeOf(ada.moderation.ban('unknown'))).toBe('peer_not_found')
  expect(await codeOf(ada.moderation.unban('none'))).toBe('ban_not_found')
  for (const wrong of [undefined, null, 7, {}, 'no id!'])
    expect(await codeOf(ada.moderation.ban(wrong as never)), String(wrong)).toBe('invalid')
  expect(await codeOf((await person('Cyd')).moderation.bans())).toBe('not_joined')
})
