import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { BrowserName, BrowserOptions } from './browser-name'
import { launchBrowser } from './launch-browser'
import { LiveServer, type LiveServerOptions } from './live-server'
import { RoomPage, type Visitor } from './room-page'
import { barePage, StaticSite } from './static-site'

/** One server and one browser for a file of tests; each test has a room of its own, and leaves no page behind. */
export function pageHouse(
  options: BrowserOptions = {},
  serverOptions: LiveServerOptions = {},
  name: BrowserName = 'chromium',
) {
  let server: LiveServer
  let site: StaticSite
  let browser: Browser
  let pages: RoomPage[] = []
  let rooms = 0

  beforeAll(async () => {
    server = await LiveServer.start(serverOptions)
    site = await StaticSite.serve(barePage(`${server.url}/peerstage.js`))
    browser = await launchBrowser(options, name)
  })
  afterEach(async () => {
    const uncaught = await Promise.all(pages.map((page) => page.uncaught()))
    await Promise.all(pages.map((page) => page.close()))
    pages = []
    rooms += 1
    // Whatever a test was about: nothing in its pages may have gone unhandled.
    expect(uncaught.flat()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    await server?.stop()
  })

  const keep = (page: RoomPage): RoomPage => {
    pages.push(page)
    return page
  }
  const places = () => ({ site: site.url, server: server.url })
  const visitor = (given: Visitor): Visitor => ({ room: `room-${rooms}`, ...given })

  return {
    get server() {
      return server
    },
    open: async (given: Visitor) => keep(await RoomPage.open(browser, places(), visitor(given))),
    join: async (given: Visitor) => keep(await RoomPage.join(browser, places(), visitor(given))),
    /** Joins and publishes camera and microphone. */
    publish: async (given: Visitor) => keep(await RoomPage.join(browser, places(), visitor(given), true)),
  }
}
