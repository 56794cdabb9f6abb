import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'

const house = pageHouse()

test('one identity, one live session: of two tabs the newer one has the seat, and the older one does not fight back [R2.5, R2.7]', async () => {
  const ada = await house.join({ name: 'Ada', role: 'host' })
  const first = await house.join({ name: 'Ben', role: 'guest' })
  const id = await first.id()
  const second = await house.join({ name: 'Ben', role: 'guest' })
  expect(await second.id()).toBe(id)
  await expect.poll(() => first.status()).toBe('left')
  expect(await first.events('left')).toMatchObject([{ reason: 'superseded' }])

  // To and fro by the person's own hand, as often as it likes.
  await first.join()
  await expect.poll(() => second.status()).toBe('left')
  expect(await first.id()).toBe(id)
  expect(await ada.names()).toEqual(['Ada', 'Ben'])
  expect(await ada.events('participantLeft')).toEqual([])
  expect(await ada.events('participantJoined')).toHaveLength(1)
})

test('a tab by window.open has a copy of the storage, and no part in the session: an SDK never evicts itself [R2.7]', async () => {
  const ada = await house.join({ name: 'Ada', role: 'host' })
  const ben = await house.join({ name: 'Ben', role: 'guest' })
  const id = await ben.id()
  // A reload puts the session's key into the storage and takes it out again: there is none to be copied.
  await ben.load()
  await ben.join()
  await ben.page.evaluate(() => sessionStorage.setItem('of the app', 'copied'))
  const tab = await ben.openTab()
  expect(await tab.page.evaluate(() => Object.keys(sessionStorage))).toEqual(['of the app'])
  expect(await ben.status()).toBe('joined')

  await tab.join()
  expect(await tab.id()).toBe(id)
  await expect.poll(() => ben.status()).toBe('left')
  expect(await ben.events('left')).toMatchObject([{ reason: 'superseded' }])
  // The tab goes on over reloads of its own, and over those of the one that opened it.
  await ben.load()
  await tab.load()
  await tab.join()
  expect(await tab.id()).toBe(id)
  expect(await ada.names()).toEqual(['Ada', 'Ben'])
  expect(await tab.uncaught()).toEqual([])
})

test('a storm of 20 reloads, each before the one before has joined: one participant, no ghost, connected [R2.4]', async () => {
  const ada = await house.join({ name: 'Ada', role: 'host' })
  const ben = await house.join({ name: 'Ben', role: 'guest' })
  const id = await ben.id()
  for (let reloads = 0; reloads < 20; reloads++) {
    await ben.load()
    await ben.beginToJoin()
  }
  await ben.join()
  expect(await ben.id()).toBe(id)
  await expect.poll(async () => (await ada.participant('Ben'))?.presence).toBe('connected')
  expect(await ada.names()).toEqual(['Ada', 'Ben'])
  expect(await ada.events('participantLeft')).toEqual([])
  expect(await ada.events('participantJoined')).toHaveLength(1)
  await ada.page.evaluate(() => window.client.chat.send('still there?'))
  await expect.poll(() => ben.texts()).toEqual(['still there?'])
})
