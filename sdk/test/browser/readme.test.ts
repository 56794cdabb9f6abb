import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { launchBrowser } from '../harness/browser/launch-browser'
import { LiveServer } from '../harness/browser/live-server'
import { emptyFolder } from '../packaging/npm'
import { serveFolder } from '../packaging/static-folder'

test('the page that the README embeds a room with: two of them see each other', async () => {
  const server = await LiveServer.start()
  onTestFinished(() => server.stop())
  const folder = await emptyFolder()
  await writeFile(join(folder, 'index.html'), await snippet(new URL(server.url).host))
  const url = await serveFolder(folder)
  const browser = await launchBrowser()
  onTestFinished(() => browser.close())
  const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()))
  const problems: string[] = []
  for (const page of pages) {
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text())
    })
    await page.goto(url)
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
