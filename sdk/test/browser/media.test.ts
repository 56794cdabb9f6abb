// One's own media and playback in a real browser, with its fake camera and microphone.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BROWSERS, type BrowserName, type BrowserOptions } from '../harness/browser/browser-name'
import { launchBrowser } from '../harness/browser/launch-browser'
import { openMediaPage } from '../harness/browser/media-harness'
import type {} from '../harness/browser/media-page'

let browser: Browser
let tab: Page

/** An app that plays a participant as soon as the page is there. */
function playAtOnce(): void {
  const canvas = document.createElement('canvas')
  canvas.getContext('2d')?.fillRect(0, 0, 10, 10)
  const sound = new AudioContext().createMediaStreamDestination().stream.getTracks()
  mediaPage.streams.set('talk', new MediaStream([...canvas.captureStream(10).getTracks(), ...sound]))
  const video = document.createElement('video')
  document.body.append(video)
  mediaPage.playback.attach(video, { participantId: 'ada', kind: 'talk' })
  document.querySelector('button')?.addEventListener('click', () => void mediaPage.playback.resume())
}

/** Waits until the camera's slot has sent `count` more pictures: the clock of these tests. */
async function morePictures(count: number): Promise<void> {
  const before = await tab.evaluate(() => mediaPage.loop.sent('camera'))
  await tab.waitForFunction(
    async (frames) => (await mediaPage.loop.sent('camera')).frames >= frames,
    before.frames + count,
  )
}

/** Whether the microphone's slot sent nothing while the camera's sent 20 pictures: one that speaks sends some 30 packets meanwhile. */
async function microphoneRests(): Promise<boolean> {
  const sent = () => tab.evaluate(() => mediaPage.loop.sent('microphone'))
  const before = await sent()
  await morePictures(20)
  return (await sent()).packets === before.packets
}

/** Whether the camera's slot sent nothing while the microphone's sent 50 packets: one second of sound. */
async function cameraRests(): Promise<boolean> {
  const sent = (source: 'camera' | 'microphone') => tab.evaluate((of) => mediaPage.loop.sent(of), source)
  const [camera, microphone] = [await sent('camera'), await sent('microphone')]
  await tab.waitForFunction(
    async (packets) => (await mediaPage.loop.sent('microphone')).packets >= packets,
    microphone.packets + 50,
  )
  return (await sent('camera')).packets === camera.packets
}

/** One browser for the tests around, and no page that outlives its test. */
function usesBrowser(options: BrowserOptions, name: BrowserName): void {
  beforeAll(async () => {
    browser = await launchBrowser(options, name)
  })
  afterEach(() => tab.context().close())
  afterAll(() => browser.close())
}

describe('with two devices of each kind', () => {
  usesBrowser({ args: ['--use-fake-device-for-media-stream=device-count=2'] }, 'chromium')
  beforeEach(async () => {
    tab = await openMediaPage(browser)
  })

  test('camera and microphone are captured as asked and arrive', async () => {
    await tab.evaluate(() => mediaPage.media.publish({ camera: true, microphone: true }))
    await morePictures(5)
    const settings = await tab.evaluate(() => {
      const { camera, microphone } = mediaPage.media.tracks()
      return { camera: camera?.getSettings(), microphone: microphone?.getSettings() }
    })
    expect(settings.camera?.width).toBe(640)
    expect(settings.camera?.height).toBe(360)
    expect(settings.microphone?.echoCancellation).toBeTruthy()
    expect(settings.microphone?.noiseSuppression).toBe(true)
  })

  test('devices have names', async () => {
    await tab.evaluate(() => mediaPage.media.publish({ camera: true }))
    const labels = await tab.evaluate(async () =>
      (await mediaPage.media.devices()).filter((each) => each.kind === 'videoinput').map((each) => each.label),
    )
    expect(labels).toHaveLength(2)
    for (const label of labels) expect(label).not.toBe('')
  })

  test('another camera takes the place of the first in the same slot', async () => {
    await tab.evaluate(() => mediaPage.media.publish({ camera: true }))
    const [before, after] = await tab.evaluate(async () => {
      const id = () => mediaPage.media.tracks().camera?.getSettings().deviceId
      const first = id()
      const other = (await mediaPage.media.devices()).find(
        (each) => each.kind === 'videoinput' && each.deviceId !== first,
      )
      await mediaPage.media.switchDevice('camera', other?.deviceId ?? '')
      return [first, id()]
    })
    expect(after).not.toBe(before)
    await morePictures(5)
    expect(await tab.evaluate(() => mediaPage.openDevices)).toBe(1)
  })
})

describe.each(BROWSERS)('with devices in %s', (name) => {
  usesBrowser({}, name)
  beforeEach(async () => {
    tab = await openMediaPage(browser)
  })

  test('a muted microphone really sends nothing, and speaks again at once', async () => {
    await tab.evaluate(() => mediaPage.media.publish({ camera: true, microphone: true }))
    await tab.waitForFunction(async () => (await mediaPage.loop.sent('microphone')).packets > 0)
    await tab.evaluate(() => mediaPage.media.mute('microphone'))
    // What was encoded already may still leave.
    await expect.poll(microphoneRests, { timeout: 60_000 }).toBe(true)
    const muted = await tab.evaluate(() => mediaPage.loop.sent('microphone'))
    expect(await tab.evaluate(() => mediaPage.media.tracks().microphone?.readyState)).toBe('live')
    await tab.evaluate(() => mediaPage.media.unmute('microphone'))
    await tab.waitForFunction(
      async (packets) => (await mediaPage.loop.sent('microphone')).packets > packets,
      muted.packets,
    )
  })

  test('a camera that goes off is sent black, then not at all; its light goes out, and it comes back', async () => {
    await tab.evaluate(() => mediaPage.media.publish({ camera: true, microphone: true }))
    const video = await tab.evaluateHandle(() => mediaPage.show('camera'))
    await tab.waitForFunction((element) => mediaPage.brightness(element) > 40, video)
    // How long a black picture takes to be encoded, sent and shown is the machine's affair.
    await tab.evaluate(() => {
      mediaPage.delays.hold()
      return mediaPage.media.mute('camera')
    })
    await tab.waitForFunction((element) => mediaPage.brightness(element) < 8, video)
    await tab.evaluate(() => mediaPage.delays.pass())
    await tab.waitForFunction(() => mediaPage.sent.camera === null && mediaPage.openDevices === 1)
    // What was encoded already may still leave, behind the sound.
    await expect.poll(cameraRests, { timeout: 60_000 }).toBe(true)
    expect(await tab.evaluate((element) => mediaPage.brightness(element), video)).toBeLessThan(8)
    await tab.evaluate(() => mediaPage.media.unmute('camera'))
    await tab.waitForFunction((element) => mediaPage.brightness(element) > 40, video)
  })

  test("an element in a frame's shadow tree plays on when it is back in it", async () => {
    await tab.evaluate(async () => {
      const { contentDocument } = document.body.appendChild(document.createElement('iframe'))
      if (!contentDocument) throw new Error('no frame')
      const host = contentDocument.body.appendChild(contentDocument.createElement('div'))
      const tree = host.attachShadow({ mode: 'open' })
      const video = tree.appendChild(contentDocument.createElement('video'))
      const next = (event: string) => new Promise((resolve) => video.addEventListener(event, resolve, { once: true }))
      const canvas = document.createElement('canvas')
      const context = canvas.getContext('2d')
      setInterval(() => context?.fillRect(0, 0, 10, 10), 50)
      mediaPage.streams.set('talk', canvas.captureStream(10))
      const begun = next('playing')
      mediaPage.playback.attach(video, { participantId: 'ada', kind: 'talk' })
      await begun
      const gone = next('pause')
      video.remove()
      await gone
      const back = next('playing')
      tree.append(video)
      await back
    })
  })

  test('a device that is not there is told by code, and the one in use stays', async () => {
    await tab.evaluate(() => mediaPage.media.publish({ camera: true }))
    expect(await tab.evaluate(() => mediaPage.codeOf(mediaPage.media.switchDevice('camera', 'nowhere')))).toBe(
      'unsatisfied_constraints',
    )
    await morePictures(5)
  })

  test('publish, unpublish, publish in one breath ends with one device open', async () => {
    const codes = await tab.evaluate(() =>
      Promise.all([
        mediaPage.codeOf(mediaPage.media.publish({ camera: true, microphone: true })),
        mediaPage.codeOf(mediaPage.media.unpublish()),
        mediaPage.codeOf(mediaPage.media.publish({ camera: true })),
      ]),
    )
    expect(codes).toEqual(['aborted', 'ok', 'ok'])
    await morePictures(5)
    expect(await tab.evaluate(() => [mediaPage.openDevices, mediaPage.sources.microphone.published])).toEqual([
      1,
      false,
    ])
    await tab.evaluate(() => mediaPage.leave())
    expect(await tab.evaluate(() => mediaPage.openDevices)).toBe(0)
  })
})

describe('a shared screen', () => {
  afterEach(() => browser.close())

  test("ends for all when the browser ends it, as by its own 'Stop sharing'", async () => {
    // A tab that is shared and then closed ends its track as that button does: a real `ended`, which `stop()` never fires.
    browser = await launchBrowser({ devices: 'asked', args: ['--auto-select-tab-capture-source-by-title=Slides'] })
    tab = await openMediaPage(browser)
    const slides = await openMediaPage(browser, { context: tab.context(), title: 'Slides' })
    await tab.bringToFront()
    expect(await tab.evaluate(() => mediaPage.codeOf(mediaPage.media.shareScreen()))).toBe('ok')
    expect(
      await tab.evaluate(() => [mediaPage.sources.screen.published, mediaPage.media.tracks().screen?.contentHint]),
    ).toEqual([true, 'detail'])
    await slides.close()
    await tab.waitForFunction(() => !mediaPage.sources.screen.published && !mediaPage.sources.screenAudio.published)
    expect(await tab.evaluate(() => [mediaPage.sent.screen, mediaPage.openDevices])).toEqual([null, 0])
  })

  test('that the user does not pick is cancelled', async () => {
    browser = await launchBrowser({ devices: 'denied' })
    tab = await openMediaPage(browser)
    expect(await tab.evaluate(() => mediaPage.codeOf(mediaPage.media.shareScreen()))).toBe('cancelled')
  })
})

describe.each(BROWSERS)('%s that says no', (name) => {
  usesBrowser({ devices: 'denied' }, name)

  test('to camera and microphone: one typed error, and nothing is announced', async () => {
    tab = await openMediaPage(browser)
    const error = await tab.evaluate(() =>
      mediaPage.media.publish({ camera: true, microphone: true }).then(
        () => undefined,
        ({ name, code, retryable, userAction }) => ({ name, code, retryable, userAction }),
      ),
    )
    expect(error).toMatchObject({ name: 'LiveStreamError', code: 'permission_denied', retryable: true })
    expect(error?.userAction).toContain('Allow the camera')
    expect(await tab.evaluate(() => mediaPage.media.devices())).toEqual([])
    expect(await tab.evaluate(() => Object.values(mediaPage.sources).some((source) => source.published))).toBe(false)
  })

  test('to sound before a touch: the picture plays silently, and a click brings the sound', async () => {
    tab = await openMediaPage(browser, { onLoad: playAtOnce })
    await tab.waitForFunction(() => mediaPage.playback.blocked)
    const look = () =>
      tab.evaluate(() => {
        const video = document.querySelector('video')
        return { paused: video?.paused, muted: video?.muted }
      })
    await tab.waitForFunction(() => document.querySelector('video')?.paused === false)
    expect(await look()).toEqual({ paused: false, muted: true })
    await tab.click('button')
    await tab.waitForFunction(() => !mediaPage.playback.blocked)
    expect(await look()).toEqual({ paused: false, muted: false })
    expect(await tab.evaluate(() => mediaPage.blocked)).toEqual([true, false])
  })
})
