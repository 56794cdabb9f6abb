import { afterEach, expect, test } from 'vitest'
import type { LiveStreamClient } from '../../src/index'
import { RoomHouse } from '../harness/room-house'

const house = new RoomHouse()
afterEach(() => house.close())

const idOf = (client: LiveStreamClient): string => client.state.self?.id ?? ''

async function adaAndBen(): Promise<[LiveStreamClient, LiveStreamClient]> {
  const ada = await house.join('Ada')
  const ben = await house.join('Ben')
  await expect.poll(() => ada.state.participants.length).toBe(2)
  return [ada, ben]
}

const ben = (client: LiveStreamClient) => client.state.participants.find(({ name }) => name === 'Ben')

test('how loud a participant is here is in the state, is told to no other client, and outlives a stay', async () => {
  const [ada, other] = await adaAndBen()
  expect(ben(ada)).toMatchObject({ volume: 1, mutedForMe: false })
  const told: unknown[] = []
  ada.subscribe(() => told.push([ben(ada)?.volume, ben(ada)?.mutedForMe]))
  ada.media.setVolume(idOf(other), 0.25)
  ada.media.muteForMe(idOf(other), true)
  expect(ben(ada)).toMatchObject({ volume: 0.25, mutedForMe: true })
  await expect.poll(() => told.at(-1)).toEqual([0.25, true])
  await ada.leave()
  await ada.join()
  expect(ben(ada)).toMatchObject({ volume: 0.25, mutedForMe: true })
  expect(ben(other)).toMatchObject({ volume: 1, mutedForMe: false })
})

test('what cannot be heard so is rejected at once, and changes nothing', async () => {
  const [ada, other] = await adaAndBen()
  const id = idOf(other)
  const invalid = expect.objectContaining({ name: 'LiveStreamError', code: 'invalid' })
  const notFound = expect.objectContaining({ name: 'LiveStreamError', code: 'peer_not_found' })
  for (const volume of [-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '0.5', null, undefined])
    expect(() => ada.media.setVolume(id, volume as never)).toThrow(invalid)
  for (const muted of ['yes', 1, null, undefined])
    expect(() => ada.media.muteForMe(id, muted as never)).toThrow(invalid)
  expect(() => ada.media.setVolume('unknown', 0.5)).toThrow(notFound)
  expect(ben(ada)).toMatchObject({ volume: 1, mutedForMe: false })
  await ada.leave()
  expect(() => ada.media.muteForMe(id, true)).toThrow(notFound)
})
