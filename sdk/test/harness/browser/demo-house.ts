import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type DemoVisit, DemoVisitor } from './demo-visitor'
import { launchBrowser } from './launch-browser'
import { LiveServer } from './live-server'

/** One server and one browser for a file of tests; each test has a room of its own, and leaves no tab behind. */
export function demoHouse() {
  let server: LiveServer
  let browser: Browser
  let visitors: DemoVisitor[] = []
  let rooms = 0

  beforeAll(async () => {
    server = await LiveServer.start()
    browser = await launchBrowser()
  })
  afterEach(async () => {
    const complaints = visitors.flatMap((visitor) => visitor.complaints)
    await Promise.all(visitors.map((visitor) => visitor.page.context().close()))
    visitors = []
    rooms += 1
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const open = async (visit: Omit<DemoVisit, 'room'>): Promise<DemoVisitor> => {
    const visitor = await DemoVisitor.open(browser, server.url, { ...visit, room: `demo-${rooms}` })
    visitors.push(visitor)
    return visitor
  }
  return {
    get server() {
      return server
    },
    get room() {
      return `demo-${rooms}`
    },
    open,
    join: async (visit: Omit<DemoVisit, 'room'>) => {
      const visitor = await open(visit)
      await visitor.join()
      return visitor
    },
  }
}
