import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

export type DemoVisit = {
  name: string
  room: string
  /** Default: on stage, with camera and microphone. */
  place?: 'On stage' | 'In the audience'
  size?: { width: number; height: number }
  /** A tab that the browser opens again by itself: it was in the room before, and no user touches it. */
  isRestored?: boolean
}

/** A person with the demo open in a tab. Finds things as a person does: by their names. */
export class DemoVisitor {
  readonly page: Page
  readonly visit: DemoVisit
  /** Errors and warnings of its console, and uncaught errors. */
  readonly complaints: string[] = []

  static async open(browser: Browser, url: string, visit: DemoVisit): Promise<DemoVisitor> {
    const context = await browser.newContext({ viewport: visit.size ?? { width: 1280, height: 800 } })
    const visitor = new DemoVisitor(await context.newPage(), visit)
    if (visit.isRestored) {
      await visitor.page.addInitScript(rememberRoom, visit)
      await visitor.page.addInitScript(refuseSoundUntilTouched)
    }
    await visitor.page.goto(`${url}/?room=${visit.room}`)
    return visitor
  }

  private constructor(page: Page, visit: DemoVisit) {
    this.page = page
    this.visit = visit
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text())
    })
  }

  async join(): Promise<void> {
    await this.page.getByLabel('Your name').fill(this.visit.name)
    await this.page.getByRole('radio', { name: this.visit.place ?? 'On stage' }).check({ force: true })
    await this.button('Join the room').click()
    await this.page.getByRole('heading', { name: this.visit.room }).waitFor()
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** A participant's tile on the stage; the own one says "(you)". */
  tile(name: string): Locator {
    const called = name === this.visit.name ? `${name} (you)` : name
    return this.page.getByRole('list', { name: 'Pictures' }).getByRole('listitem').filter({ hasText: called })
  }

  /** Waits until the picture in a tile moves: until it no longer looks as it did. */
  async seesMoving(name: string): Promise<void> {
    await this.videoMoves(this.tile(name).locator('video'))
  }

  async videoMoves(video: Locator): Promise<void> {
    await expect.poll(() => video.evaluate(look), { timeout: 60_000 }).not.toBe('')
    const before = await video.evaluate(look)
    await expect.poll(() => video.evaluate(look), { timeout: 60_000 }).not.toBe(before)
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text)
    await this.page.keyboard.press('Enter')
  }

  message(text: string): Locator {
    return this.page.getByRole('log').getByRole('listitem').filter({ hasText: text })
  }

  async openPeople(): Promise<void> {
    const people = this.page.getByRole('complementary', { name: 'People' })
    if (!(await people.isVisible())) await this.page.getByRole('button', { name: 'People' }).click()
    await people.waitFor()
  }

  /** Opens a person's menu in the list of people, and chooses from it. */
  async choose(name: string, action: string): Promise<void> {
    await this.openPeople()
    await this.button(`Options for ${name}`).click()
    await this.button(action).click()
  }
}

/** Leaves in the tab's storage what a viewer's page has left there. Runs in the page, before its scripts. */
function rememberRoom({ name, room }: DemoVisit): void {
  localStorage.setItem('name', name)
  sessionStorage.setItem('tab', JSON.stringify({ role: 'viewer', joined: room, live: [] }))
}

/**
 * Browsers hold sound back on a page that no user touched. This does it in their place, since Chromium takes Playwright's
 * own looks into a page for a touch.
 */
function refuseSoundUntilTouched(): void {
  const play = HTMLMediaElement.prototype.play
  let isTouched = false
  window.addEventListener('pointerdown', () => {
    isTouched = true
  })
  HTMLMediaElement.prototype.play = async function (this: HTMLMediaElement) {
    if (!this.muted && !isTouched) throw new DOMException('No user touched this page yet.', 'NotAllowedError')
    return play.call(this)
  }
}

/** What a video shows, as one string; empty while nothing is seen. Runs in the page. */
function look(element: Element): string {
  const video = element as HTMLVideoElement
  if (getComputedStyle(video).visibility === 'hidden' || video.videoWidth === 0) return ''
  const canvas = new OffscreenCanvas(64, 48)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(video, 0, 0, 64, 48)
  return context.getImageData(0, 0, 64, 48).data.join()
}
