import { afterEach, expect, test } from 'vitest'
import { RoomHouse } from '../harness/room-house'

let house: RoomHouse
afterEach(() => house.close())

async function benIn(duplicateSessions: 'replace' | 'reject') {
  house = new RoomHouse({ auth: { secret: 'a secret of at least thirty-two bytes' }, duplicateSessions })
  await house.url()
  const tab = () =>
    house.client('Ben', {
      token: () => house.server.token({ room: 'test', identity: 'ben', name: 'Ben', role: 'guest' }),
    })
  const first = await tab()
  await first.join()
  return { first, second: await tab() }
}

test('one identity, one live session, by the policy replace: the newer tab has the seat, the older one never retries [R2.5, R2.7]', async () => {
  const { first, second } = await benIn('replace')
  const id = first.state.self?.id
  await second.join()
  expect(second.state.self?.id).toBe(id)
  await expect
    .poll(() => first.state)
    .toMatchObject({ status: 'left', reason: 'superseded', error: { retryable: false } })
  await second.chat.send('here')
  expect(second.state.participants).toHaveLength(1)
})

test('one identity, one live session, by the policy reject: the newer tab is rejected until the older one has left [R2.5]', async () => {
  const { first, second } = await benIn('reject')
  await expect(second.join()).rejects.toMatchObject({ code: 'superseded', retryable: false })
  expect(second.state).toMatchObject({ status: 'left', reason: 'superseded' })
  await first.chat.send('still here')
  expect(first.state.status).toBe('joined')
  await first.leave()
  await second.join()
  expect(second.state.participants).toHaveLength(1)
})
