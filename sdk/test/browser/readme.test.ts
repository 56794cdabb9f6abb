import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { launchBrowser } from './launch-browser'
import { LiveServer } from './live-server'
import { StaticSite } from './rooms/static-site'

test('the page that the README embeds a room with: two of them see each other', async () => {
  const server = await LiveServer.start()
  onTestFinished(() => server.stop())
  const site = await StaticSite.serve(await snippet(new URL(server.url).host))
  onTestFinished(() => site.close())
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()))
  const problems: string[] = []
  for (const page of pages) {
    page.on('pageerror', (error) => problems.push(error.message))
    await page.goto(site.url)
  }
  for (const page of pages) {
    await expect.poll(() => playedTo(page, 'me'), { timeout: 60_000 }).toBeGreaterThan(0.2)
    await expect.poll(() => playedTo(page, 'them'), { timeout: 60_000 }).toBeGreaterThan(0.2)
  }
  expect(problems).toEqual([])
})

/** The README's HTML, pointed at a server of this test. */
async function snippet(host: string): Promise<string> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const html = /```html\n([\s\S]*?)```/.exec(readme)?.[1]
  if (html === undefined) throw new Error('The README shows no HTML.')
  expect(html).toContain('localhost:8080')
  return html.replaceAll('localhost:8080', host)
}

/** Seconds that an element has played. */
const playedTo = (page: Page, id: string): Promise<number> =>
  page.evaluate((id) => (document.getElementById(id) as HTMLVideoElement).currentTime, id)
