import type { Browser } from 'playwright-core'

/**
 * Opens a page that joins a room, and waits for what it writes into `#said`.
 * `complaints` is everything that an open console would show: errors, warnings, requests that failed.
 */
export async function visit(browser: Browser, url: string): Promise<{ said: string; complaints: string[] }> {
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`))
  await page.goto(url)
  const said = await page.locator('#said:not(:empty)').textContent()
  await page.close()
  return { said: said ?? '', complaints }
}

/** What a page says that went through a room and has all that the sdk exports. */
export const WELL = 'said hello, protocol 1, left'
