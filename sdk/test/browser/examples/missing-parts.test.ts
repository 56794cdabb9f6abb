import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { chromiumOptions } from '../../harness/browser/chromium'
import { buildByVite, ExampleApp } from '../../harness/browser/example-app'
import { LiveServer } from '../../harness/browser/live-server'
import { emptyFolder } from '../../packaging/npm'

// Users block storage, refuse devices, and use browsers without WebRTC. A room is worth joining all the same.
let server: LiveServer
let customUi: ExampleApp
let viteReact: ExampleApp
let express: ExampleApp

beforeAll(async () => {
  server = await LiveServer.start()
  const env = { VITE_PEERSTAGE_URL: server.url.replace('127.0.0.1', 'localhost') }
  for (const example of ['custom-ui', 'vite-react']) await buildByVite(example, env)
  customUi = await ExampleApp.vite('custom-ui', 'preview', {})
  viteReact = await ExampleApp.vite('vite-react', 'preview', {})
  express = await ExampleApp.server('embed-express')
})
afterAll(async () => {
  for (const app of [customUi, viteReact, express]) await app?.stop()
  await server?.stop()
})

const click = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

const DEMOS: readonly (readonly [string, (page: Page, room: string) => Promise<unknown>])[] = [
  [
    'quickstart',
    async (page, room) => {
      await page.goto(`${server.url}/?room=${room}`)
      await page.getByLabel('Your name').fill('Ada')
      await click(page, 'Join the room')
    },
  ],
  [
    'custom-ui',
    async (page, room) => {
      await page.goto(`${customUi.url}/?room=${room}`)
      await page.getByLabel('Your name').fill('Ada')
      await click(page, 'Walk in')
    },
  ],
  [
    'vite-react',
    async (page, room) => {
      await page.goto(viteReact.url)
      await page.getByLabel('Your name').fill('Ada')
      await page.getByLabel('Room').fill(room)
      await click(page, 'Join')
    },
  ],
  [
    'embed-express',
    async (page) => {
      await page.goto(express.url)
      await page.getByLabel('Name').fill('Ada')
      await page.getByLabel('Password').fill('engine')
      await click(page, 'Log in')
      await click(page, 'Join')
    },
  ],
]

describe.each(DEMOS)('%s', (name, enter) => {
  test('without WebRTC it says so, and the chat works', async () => {
    const page = await open({})
    await page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'))
    await enter(page, `bare-${name}`)
    await page
      .getByText(/WebRTC/)
      .first()
      .waitFor()
    await chats(page)
  })

  test('where both devices are refused it names both, and the chat works', async () => {
    const page = await open({ devices: 'denied' })
    await enter(page, `denied-${name}`)
    await page
      .getByText(/The camera was not allowed\..*The microphone was not allowed\./)
      .first()
      .waitFor()
    await chats(page)
  })
})

// The embedded ones have a login by a cookie, which is blocked as well: that is the app's, and not a matter of the room.
describe.each(DEMOS.filter(([name]) => !name.startsWith('embed-')))('%s', (name, enter) => {
  test('where storage is blocked people join, talk and come back', async () => {
    const page = await open({ isStorageBlocked: true })
    await enter(page, `blocked-${name}`)
    const isBlocked = await page.evaluate(() => {
      try {
        return window.localStorage === null
      } catch {
        return true
      }
    })
    expect(isBlocked).toBe(true)
    await chats(page)
    await page.reload()
    await enter(page, `blocked-${name}`)
    await chats(page)
  })
})

async function chats(page: Page): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill('Here all the same')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('Here all the same').last().waitFor()
}

type Circumstances = { devices?: 'denied'; isStorageBlocked?: true }

/** A tab of a browser of its own, since it is set up by its profile. Fails on what the page itself does not catch. */
async function open({ devices, isStorageBlocked }: Circumstances): Promise<Page> {
  const profile = await emptyFolder()
  if (isStorageBlocked) {
    await mkdir(join(profile, 'Default'))
    // Chromium's own setting "Don't allow sites to save data": every access of the storage throws.
    const BLOCK = 2
    const preferences = { profile: { default_content_setting_values: { cookies: BLOCK } } }
    await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(preferences))
  }
  const options = chromiumOptions(inject('chromium'), devices === undefined ? {} : { devices })
  const context: BrowserContext = await chromium.launchPersistentContext(profile, options)
  onTestFinished(() => context.close())
  const page = context.pages()[0] ?? (await context.newPage())
  const uncaught: string[] = []
  page.on('pageerror', (error) => uncaught.push(error.message))
  onTestFinished(() => expect(uncaught).toEqual([]))
  return page
}
