import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** A tab with an example in it. Finds things as a person does: by what they are called. */
export class ExampleTab {
  readonly page: Page
  /** Errors and warnings of its console, and uncaught errors. */
  readonly complaints: string[] = []

  static async open(browser: Browser, url: string): Promise<ExampleTab> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const tab = new ExampleTab(await context.newPage())
    await tab.page.goto(url)
    return tab
  }

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text())
    })
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  list(name: string): Locator {
    return this.page.getByRole('list', { name }).getByRole('listitem')
  }

  message(text: string): Locator {
    return this.page.getByRole('log').getByRole('listitem').filter({ hasText: text })
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text)
    await this.page.keyboard.press('Enter')
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}

/** Waits until the video in an element moves: until it no longer looks as it did. */
export async function moves(element: Locator): Promise<void> {
  const video = element.locator('video')
  await expect.poll(() => video.evaluate(look), { timeout: 60_000 }).not.toBe('')
  const before = await video.evaluate(look)
  await expect.poll(() => video.evaluate(look), { timeout: 60_000 }).not.toBe(before)
}

/** What a video shows, as one string; empty while nothing is seen. Runs in the page. */
function look(element: Element): string {
  const video = element as HTMLVideoElement
  if (getComputedStyle(video).visibility === 'hidden' || video.videoWidth === 0) return ''
  const context = new OffscreenCanvas(64, 48).getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(video, 0, 0, 64, 48)
  return context.getImageData(0, 0, 64, 48).data.join()
}

/** Two people in two tabs: each sees two moving pictures, and reads what the other says. */
export async function meet(ada: ExampleTab, ben: ExampleTab, pictures: string): Promise<void> {
  await seeEachOther(ada, ben, pictures)
  await ada.say('Hello Ben')
  await ben.message('Hello Ben').waitFor()
  await ben.say('Hello Ada <b>!</b>')
  await ada.message('Hello Ada <b>!</b>').waitFor()
}

/** Each sees two pictures, no more, and both move. `pictures`: the name of the list that they are in. */
export async function seeEachOther(ada: ExampleTab, ben: ExampleTab, pictures: string): Promise<void> {
  for (const tab of [ada, ben]) {
    await expect.poll(() => tab.list(pictures).count()).toBe(2)
    for (const nth of [0, 1]) await moves(tab.list(pictures).nth(nth))
    expect(await tab.list(pictures).count()).toBe(2)
  }
}
