import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { BrowserOptions } from './browser-name'
import { ExampleTab } from './example-tab'
import { launchBrowser } from './launch-browser'

/** One browser for a file of tests. No test leaves a tab behind, and no tab may have complained in its console. */
export function exampleHouse() {
  const browsers: Browser[] = []
  let tabs: ExampleTab[] = []
  let browser: Browser

  const launch = async (options: BrowserOptions = {}) => {
    const launched = await launchBrowser(options)
    browsers.push(launched)
    return launched
  }
  beforeAll(async () => {
    browser = await launch()
  })
  afterEach(async () => {
    const complaints = tabs.flatMap((tab) => tab.complaints)
    await Promise.all(tabs.map((tab) => tab.close()))
    tabs = []
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await Promise.all(browsers.map((each) => each.close()))
  })

  return {
    /** Opens a tab of another person: it shares no cookies with the others. `devices`: in a browser of its own. */
    open: async (url: string, devices?: BrowserOptions['devices']): Promise<ExampleTab> => {
      const tab = await ExampleTab.open(devices === undefined ? browser : await launch({ devices }), url)
      tabs.push(tab)
      return tab
    },
  }
}
