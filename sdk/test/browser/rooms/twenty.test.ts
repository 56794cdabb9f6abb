import { expect, test } from 'vitest'
import { roomHouse } from './room-house'

const house = roomHouse()
const nineteen = Array.from({ length: 19 }, (_, i) => `P${i + 1}`)

test('a room of 20: one host publishing, nineteen viewers who all see it', async () => {
  const host = await house.publish({ name: 'Host', role: 'host' })
  const viewers = await Promise.all(nineteen.map((name) => house.join({ name, role: 'viewer' })))
  for (const viewer of viewers) await viewer.sees('Host', 'camera', 3)
  expect(await host.openConnections()).toBe(19)
  expect(await host.page.evaluate(() => window.client.getState().viewerCount)).toBe(19)

  const late = await house.open({ name: 'Late', role: 'viewer' })
  const code = await late.page.evaluate(() =>
    window.client.join().then(
      () => 'joined',
      (error) => `${error.code} ${error.retryable}`,
    ),
  )
  expect(code).toBe('room_full true')
})

test('a room of 20 on stage that only exchanges app data: everyone hears everyone', async () => {
  const names = ['Host', ...nineteen]
  const pages = await Promise.all(names.map((name, i) => house.join({ name, role: i === 0 ? 'host' : 'guest' })))
  for (const page of pages) await expect.poll(() => page.openConnections(), { timeout: 90_000 }).toBe(19)
  for (const page of pages) await page.page.evaluate((from) => window.client.data.send({ from }), page.visitor.name)
  for (const page of pages) {
    const heard = async () => {
      const data = await page.events('data')
      return data.map((each) => (each.value as { from: string }).from).sort()
    }
    await expect.poll(heard, { timeout: 60_000 }).toEqual(names.filter((name) => name !== page.visitor.name).sort())
  }
})
