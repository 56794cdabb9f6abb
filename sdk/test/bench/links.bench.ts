// How long links take to show a picture, against bare connections with the same slots: quote the ratio, not the times.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launchBrowser } from '../browser/harness/launch-browser'
import { openLinksPage } from '../browser/harness/open-links-page'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser({ autoplay: 'allowed' })
})
afterAll(() => browser?.close())

test.each([
  { links: 1, rounds: 9 },
  { links: 2, rounds: 9 },
  { links: 19, rounds: 5 },
])('$links at once, medians of $rounds rounds', async ({ links, rounds }) => {
  // A page each: Chromium counts what was closed among the 500 connections that a page may have.
  const page = await openLinksPage(browser)
  const { rawMs, linksMs, ratio } = await page.evaluate(
    ([count, times]) => window.linksPage.compareLinks(count, times),
    [links, rounds] as const,
  )
  await page.close()
  const [ours, bare] = [linksMs, rawMs].map((ms) => `${ms.toFixed(0)} ms`)
  console.log(`${links} links: ${ratio.toFixed(2)} × bare RTCPeerConnection (${ours} against ${bare})`)
})
