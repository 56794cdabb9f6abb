// Links on the WebRTC of a real Chromium: both ends in one page, no server.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mediaTransportContract } from '../contract/media-transport'
import { launchBrowser } from '../harness/browser/launch-browser'
import { openLinksPage } from '../harness/browser/open-links-page'

let browser: Browser
let page: Page
const pageErrors: unknown[] = []

beforeAll(async () => {
  browser = await launchBrowser({ autoplay: 'allowed' })
  page = await openLinksPage(browser)
  page.on('pageerror', (error) => pageErrors.push(error))
})

afterAll(() => browser?.close())

test.each(Object.keys(mediaTransportContract))('the real transport %s', async (name) => {
  await page.evaluate((scenario) => window.linksPage.runContract(scenario), name)
  expect(pageErrors).toEqual([])
})

test('no link is renegotiated: setRemoteDescription is called once per connection, whatever is published', async () => {
  const connections = await page.evaluate(() => window.linksPage.oneNegotiation())
  const once = { remoteDescriptions: 1, directions: ['sendrecv', 'sendrecv', 'sendrecv', 'sendrecv'] }
  expect(connections).toEqual([once, once])
})

test('microphone and camera come in one stream, screen and its sound in another, at both ends', async () => {
  const ends = await page.evaluate(() => window.linksPage.streamsOfSlots())
  expect(ends).toHaveLength(2)
  for (const [microphone, camera, screen, screenAudio] of ends) {
    expect(microphone).toMatch(/^[^,]+$/)
    expect(camera).toBe(microphone)
    expect(screen).toMatch(/^[^,]+$/)
    expect(screen).not.toBe(camera)
    expect(screenAudio).toBe(screen)
  }
})

test('the data channel carries messages, and its end is not the end of the media', async () => {
  const { ids, messages, failures } = await page.evaluate(() => window.linksPage.dataChannel())
  expect(ids).toEqual([0, 0])
  expect(messages).toEqual(['from 1', 'from 0'])
  // What was undefined in the page comes out as null or undefined.
  expect(failures.filter(Boolean)).toEqual([])
})

test('statistics tell the way in use and what each slot sends and receives', async () => {
  const [offerer, answerer] = await page.evaluate(() => window.linksPage.stats())
  for (const end of [offerer, answerer]) {
    expect(end?.localCandidateType).toBe('host')
    expect(end?.bytesReceived).toBeGreaterThan(0)
  }
  expect(offerer?.sent.camera.framesSent).toBeGreaterThan(0)
  expect(answerer?.received.camera.framesDecoded).toBeGreaterThan(0)
  expect(answerer?.received.microphone.packetsReceived).toBeGreaterThan(0)
  expect(answerer?.received.screen.framesDecoded).toBe(0)
})

test('no STUN server is asked that was not configured, and those that were are passed on whole', async () => {
  const [bare, , configured] = await page.evaluate(() => window.linksPage.iceServersSeen())
  expect(bare).toEqual([])
  expect(configured).toMatchObject([
    { urls: ['stun:127.0.0.1:1'] },
    { urls: ['turn:127.0.0.1:1'], username: 'ada', credential: 'secret' },
  ])
})

test('descriptions name each codec once, and no family is lost but the codecs of telephones', async () => {
  const { described, untouched } = await page.evaluate(() => window.linksPage.codecs())
  const telephones = ['audio/G722', 'audio/PCMU', 'audio/PCMA', 'audio/CN', 'audio/telephone-event']
  const kept = [...new Set(untouched)].filter((codec) => !telephones.includes(codec)).sort()
  for (const codecs of described) {
    const withoutRepairs = codecs.filter((codec) => codec !== 'video/rtx')
    expect(withoutRepairs).toHaveLength(new Set(withoutRepairs).size)
    expect([...new Set(codecs)].sort()).toEqual(kept)
  }
})

test('a certificate that has ended makes no connection fail', async () => {
  const seen = await page.evaluate(() => window.linksPage.endedCertificate())
  expect(seen).toEqual({ refused: 'InvalidAccessError', connected: true })
})

test('a closed link leaves no connection behind', async () => {
  expect(await page.evaluate(() => window.linksPage.openAndClose(10))).toBe(0)
})

test('three meshes see each other, and a page that is loaded anew is seen again, without touching the third link', async () => {
  const { before, after, open } = await page.evaluate(() => window.linksPage.reload())
  expect(before).toEqual(['ada>bob 2.0', 'ada>cy 3.0', 'bob>ada 2.0', 'bob>cy 3.0', 'cy>ada 3.0', 'cy>bob 3.0'])
  expect(after).toEqual(['ada>bob 4.0', 'ada>cy 4.0', 'bob>ada 4.0', 'bob>cy 3.0', 'cy>ada 4.0', 'cy>bob 3.0'])
  expect(open).toBe(0)
})
