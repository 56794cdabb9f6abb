// One device refused and the other not: by a frame, by the browser's settings, and while it is in use.
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { BROWSERS } from '../harness/browser/browser-name'
import { launchBrowser } from '../harness/browser/launch-browser'
import { openMediaFrame, openMediaPage } from '../harness/browser/media-harness'
import type {} from '../harness/browser/media-page'

let browser: Browser
let context: BrowserContext
afterEach(() => context.close())

const publishBoth = (page: Page | Frame) =>
  page.evaluate(async () => {
    const error = await mediaPage.media.publish({ camera: true, microphone: true }).then(
      () => undefined,
      ({ code, source, message, userAction }) => ({ code, source, message, userAction }),
    )
    const { camera, microphone } = mediaPage.sources
    return { error, published: [camera.published, microphone.published] }
  })

describe.each(BROWSERS)('in a frame of %s', (name) => {
  beforeAll(async () => {
    browser = await launchBrowser({}, name)
  })
  afterAll(() => browser.close())

  const open = async (allow: string) => {
    const frame = await openMediaFrame(browser, allow)
    context = frame.page().context()
    return frame
  }

  test('that may use the microphone alone, the microphone is live and the camera is named', async () => {
    const { error, published } = await publishBoth(await open("microphone; camera 'none'"))
    expect(error).toMatchObject({ code: 'permission_denied', source: 'camera' })
    expect(error?.message).toContain('allow="camera"')
    expect(published).toEqual([false, true])
  })

  test('that may use the camera alone, it is the microphone', async () => {
    const { error, published } = await publishBoth(await open("camera; microphone 'none'"))
    expect(error).toMatchObject({ code: 'permission_denied', source: 'microphone' })
    expect(published).toEqual([true, false])
  })

  test('that may use both, both are live', async () => {
    const { error, published } = await publishBoth(await open('camera; microphone'))
    expect([error, published]).toEqual([undefined, [true, true]])
  })
})

describe('where Chromium tells of its policy', () => {
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  test('a screen that it forbids is no closed picker, and checkSupport knows before', async () => {
    const frame = await openMediaFrame(browser, "camera 'none'; display-capture 'none'")
    context = frame.page().context()
    expect(await frame.evaluate(() => mediaPage.support)).toMatchObject({
      publish: true,
      camera: false,
      microphone: true,
      shareScreen: false,
    })
    const error = await frame.evaluate(() =>
      mediaPage.media.shareScreen().catch(({ code, message }) => ({ code, message })),
    )
    expect(error).toMatchObject({ code: 'permission_denied', message: expect.stringContaining('display-capture') })
  })
})

describe("by Chromium's settings", () => {
  beforeAll(async () => {
    browser = await launchBrowser({ devices: 'asked' })
  })
  afterAll(() => browser.close())

  const opened = async () => {
    const tab = await openMediaPage(browser)
    context = tab.context()
    await context.grantPermissions(['camera', 'microphone'], { origin: 'http://localhost' })
    return tab
  }

  const set = async (tab: Page, name: string, setting: 'granted' | 'denied' | 'prompt') => {
    const session = await tab.context().newCDPSession(tab)
    const { targetInfo } = await session.send('Target.getTargetInfo')
    const { browserContextId } = targetInfo
    const root = await browser.newBrowserCDPSession()
    await root.send('Browser.setPermission', {
      permission: { name },
      setting,
      origin: 'http://localhost',
      ...(browserContextId === undefined ? {} : { browserContextId }),
    })
  }

  test.each([
    ['camera', [false, true]],
    ['microphone', [true, false]],
  ])('a blocked %s is named, and the other one is live', async (name, expected) => {
    const tab = await opened()
    await set(tab, name, 'denied')
    const { error, published } = await publishBoth(tab)
    expect(error).toMatchObject({ code: 'permission_denied', source: name })
    expect(published).toEqual(expected)
  })

  test('both blocked: both are named, with what to do for each', async () => {
    const tab = await opened()
    await set(tab, 'camera', 'denied')
    await set(tab, 'microphone', 'denied')
    const { error } = await publishBoth(tab)
    expect(error?.code).toBe('permission_denied')
    for (const name of ['camera', 'microphone']) expect(error?.userAction).toContain(name)
  })

  test('a camera that is forbidden while it is in use is told as that', async () => {
    const tab = await opened()
    await tab.evaluate(() => mediaPage.media.publish({ camera: true }))
    await set(tab, 'camera', 'denied')
    await tab.waitForFunction(() => mediaPage.errors.length > 0)
    expect(await tab.evaluate(() => mediaPage.errors)).toEqual([{ source: 'camera', code: 'permission_denied' }])
  })
})
