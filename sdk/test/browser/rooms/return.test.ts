import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'
import { TcpProxy } from '../../harness/browser/tcp-proxy'

const house = pageHouse()

test('a page reload brings back the same participant, without a ghost, with pictures both ways [R2.4]', async () => {
  const ada = await house.publish({ name: 'Ada', role: 'host' })
  const ben = await house.publish({ name: 'Ben', role: 'guest' })
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  const before = await ben.id()

  await ben.load()
  await ben.join()
  await ben.publish()

  expect(await ben.id()).toBe(before)
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  expect(await ada.names()).toEqual(['Ada', 'Ben'])
  expect(await ada.events('participantLeft')).toEqual([])
  expect(await ada.events('participantJoined')).toHaveLength(1)
  expect(await ada.events('participantReturned')).toHaveLength(1)
})

test('a socket cut for 5 s: video goes on, chat sent meanwhile arrives once and in order, no participant is seen to leave', async () => {
  const proxy = await TcpProxy.to(house.server.url)
  try {
    const ada = await house.publish({ name: 'Ada', role: 'host' })
    const ben = await house.publish({ name: 'Ben', role: 'guest', signalingUrl: proxy.url })
    await Promise.all([ada.sees('Ben'), ben.sees('Ada')])

    proxy.cut()
    await expect.poll(() => ben.status()).toBe('reconnecting')
    await expect.poll(async () => (await ada.participant('Ben'))?.presence).toBe('reconnecting')
    await ben.page.evaluate(() => {
      for (let n = 1; n <= 8; n++) void window.client.chat.send(`from the tunnel ${n}`)
    })
    await ada.page.evaluate(() => window.client.chat.send('where are you?'))
    // The fake camera makes 20 pictures a second: a hundred of them are the five seconds.
    await Promise.all([ada.sees('Ben', 'camera', 100), ben.sees('Ada', 'camera', 100)])
    expect(await ben.status()).toBe('reconnecting')
    proxy.heal()

    const expected = ['where are you?', ...Array.from({ length: 8 }, (_, n) => `from the tunnel ${n + 1}`)]
    await expect.poll(() => ada.texts(), { timeout: 60_000 }).toEqual(expected)
    await expect.poll(() => ben.texts()).toEqual(expected)
    expect(await ada.events('participantLeft')).toEqual([])
    expect(await ada.events('participantReturned')).toEqual([])
    expect(await ada.descriptions()).toEqual([1])
    await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  } finally {
    await proxy.close()
  }
})

test('leave and join again in the same page', async () => {
  const ada = await house.publish({ name: 'Ada', role: 'host' })
  const ben = await house.publish({ name: 'Ben', role: 'guest' })
  await ada.sees('Ben')
  await ben.page.evaluate(() => window.client.leave())
  await expect.poll(() => ada.names()).toEqual(['Ada'])
  expect(await ben.page.evaluate(() => window.client.getState().participants)).toEqual([])
  await ben.join()
  await ben.publish()
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
})

test('join, leave and join in one breath end in one place (React StrictMode)', async () => {
  const ada = await house.join({ name: 'Ada', role: 'host' })
  const ben = await house.open({ name: 'Ben', role: 'guest' })
  await ben.page.evaluate(async () => {
    const first = window.client.join().catch(() => undefined)
    void window.client.leave()
    await Promise.all([first, window.client.join()])
  })
  expect(await ben.status()).toBe('joined')
  await expect.poll(() => ada.names()).toEqual(['Ada', 'Ben'])
})
