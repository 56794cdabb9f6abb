import { expect, test } from 'vitest'
import { pageHouse } from '../../harness/browser/page-house'

const house = pageHouse()

test('four pages in full mesh all see each other', async () => {
  const names = ['Ada', 'Ben', 'Cy', 'Dee']
  const pages = await Promise.all(names.map((name, i) => house.publish({ name, role: i === 0 ? 'host' : 'guest' })))
  for (const [i, page] of pages.entries()) {
    await Promise.all(names.filter((_, k) => k !== i).map((name) => page.sees(name)))
    expect(await page.openConnections()).toBe(3)
    expect(await page.descriptions()).toEqual([1, 1, 1])
  }
})
