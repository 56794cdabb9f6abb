import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'

const house = pageHouse()

test('video goes on while the server is down; once it is back, all come back by themselves, and so do the pictures [R9.4]', async () => {
  // Without tokens: a server in dev mode has other keys after a restart.
  const pages = [await house.publish({ name: 'Ada' }), await house.publish({ name: 'Ben' })] as const
  const [ada, ben] = pages
  const bothSee = (more?: number) => Promise.all([ada.sees('Ben', 'camera', more), ben.sees('Ada', 'camera', more)])
  const statuses = () => Promise.all(pages.map((page) => page.status()))
  const instance = () => ada.page.evaluate(() => window.client.getState().room?.instance)
  await bothSee()
  const before = await instance()

  await house.server.kill()
  await expect.poll(statuses).toEqual(['reconnecting', 'reconnecting'])
  // The fake camera makes 20 pictures a second: five seconds of them.
  await bothSee(100)
  expect(await statuses()).toEqual(['reconnecting', 'reconnecting'])
  expect(await ada.descriptions()).toEqual([1])

  await house.server.restart()
  await expect.poll(statuses).toEqual(['joined', 'joined'])
  // The log was in memory: it is another instance, where all start over.
  expect(await instance()).not.toBe(before)
  for (const page of pages) await expect.poll(async () => (await page.names()).sort()).toEqual(['Ada', 'Ben'])
  await bothSee()
  await ada.page.evaluate(() => window.client.chat.send('that was the server'))
  await expect.poll(() => ben.texts()).toEqual(['that was the server'])
})
