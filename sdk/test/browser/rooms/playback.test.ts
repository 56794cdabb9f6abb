// What an element shows and plays of a participant, whatever becomes of its media, of the element and of the link.
import { describe, expect, test } from 'vitest'
import { BROWSERS } from '../../harness/browser/browser-name'
import type { Drawing } from '../../harness/browser/drawing'
import { pageHouse } from '../../harness/browser/page-house'
import type { RoomPage } from '../../harness/browser/room-page'

declare global {
  interface Window {
    camera: Drawing
    screenShare: Drawing
    emptied: number
  }
}

/** Publishes a microphone, and a camera that sees one colour. */
async function publishRed(page: RoomPage): Promise<void> {
  await page.page.evaluate(async () => {
    window.camera = await window.draw('red')
    const [camera] = window.camera.stream.getVideoTracks()
    if (camera) await window.client.media.publish({ camera, microphone: true })
  })
}

async function shareBlueWithSound(page: RoomPage): Promise<void> {
  await page.page.evaluate(async () => {
    window.screenShare = await window.draw('blue', true)
    const [track] = window.screenShare.stream.getVideoTracks()
    const [audioTrack] = window.screenShare.stream.getAudioTracks()
    if (track && audioTrack) await window.client.media.shareScreen({ track, audioTrack })
  })
}

/** Attaches an element to a participant, as an app does. */
async function show(page: RoomPage, name: string, kind: 'talk' | 'screen' = 'talk'): Promise<void> {
  await page.page.evaluate(
    ({ name, kind }) => {
      const found = window.client.getState().participants.find((each) => each.name === name)
      if (!found) throw new Error(`no ${name}`)
      const video = document.body.appendChild(document.createElement('video'))
      window.emptied = 0
      video.addEventListener('emptied', () => window.emptied++)
      window.client.media.attach(video, { participantId: found.id, kind })
    },
    { name, kind },
  )
}

/** The colour in the middle of the page's element. An element without a picture is black. */
function colorShown(): string {
  const canvas = Object.assign(document.createElement('canvas'), { width: 3, height: 3 })
  const context = canvas.getContext('2d')
  const video = document.querySelector('video')
  if (!context || !video) throw new Error('nothing to look at')
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  const [red = 0, green = 0, blue = 0] = context.getImageData(1, 1, 1, 1).data
  const most = Math.max(red, green, blue)
  if (most < 50) return 'black'
  return most === red ? 'red' : most === green ? 'green' : 'blue'
}

const shows = (page: RoomPage, color: string) =>
  expect.poll(() => page.page.evaluate(colorShown), { timeout: 60_000 }).toBe(color)

/** Waits until the page's element has played on, with sound, and more of that has come. */
async function hears(page: RoomPage): Promise<void> {
  const now = () =>
    page.page.evaluate(async () => {
      const video = document.querySelector('video')
      const reports = await Promise.all(window.probe.connections.map((each) => each.getStats()))
      const energy = reports
        .flatMap((report) => [...report.values()])
        .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')
        .reduce((sum, { totalAudioEnergy = 0 }) => sum + totalAudioEnergy, 0)
      return { time: video?.currentTime ?? 0, energy, isAudible: video?.paused === false && !video.muted }
    })
  const before = await now()
  await expect
    .poll(async () => {
      const { time, energy, isAudible } = await now()
      return isAudible && time > before.time && energy > before.energy
    })
    .toBe(true)
}

type Way = { end: (ada: RoomPage, ben: RoomPage) => Promise<unknown>; goesOn?: 'sound' }

const inPage = (run: () => unknown) => (page: RoomPage) => page.page.evaluate(run)

/** How the picture of a camera beside a microphone can end. Ada is watched by Ben, who is host. */
const WAYS: Record<string, Way> = {
  'is muted': { end: inPage(() => window.client.media.mute('camera')), goesOn: 'sound' },
  'is unpublished': { end: inPage(() => window.client.media.unpublish('camera')), goesOn: 'sound' },
  'is unplugged': { end: inPage(() => window.camera.end()), goesOn: 'sound' },
  'is muted by a host': {
    end: async (ada, ben) => ben.page.evaluate((id) => window.client.moderation.mute(id, 'camera'), await ada.id()),
    goesOn: 'sound',
  },
  'is unpublished with everything': { end: inPage(() => window.client.media.unpublish()) },
  'leaves the stage': {
    end: async (ada, ben) => ben.page.evaluate((id) => window.client.moderation.setRole(id, 'viewer'), await ada.id()),
  },
  'is kicked': {
    end: async (ada, ben) => ben.page.evaluate((id) => window.client.moderation.kick(id), await ada.id()),
  },
  leaves: { end: inPage(() => window.client.leave()) },
}

/** The ways in which Ben may lose every picture. */
const ENDS: Record<string, (ada: RoomPage, ben: RoomPage) => Promise<unknown>> = {
  'the one who watches leaves': (_, ben) => ben.page.evaluate(() => window.client.leave()),
  'the room is ended': (_, ben) => ben.page.evaluate(() => window.client.moderation.endRoom()),
  'the other page is gone': (ada) => ada.load(),
}

describe.each(BROWSERS)('in %s', (browser) => {
  const house = pageHouse({ autoplay: 'allowed' }, {}, browser)

  /** Ada, who publishes, and Ben, who watches. */
  const adaAndBen = async () => {
    const ben = await house.join({ name: 'Ben', role: 'host' })
    const ada = await house.join({ name: 'Ada', role: 'guest' })
    await publishRed(ada)
    await ben.sees('Ada')
    return { ada, ben }
  }

  test.each(Object.entries(WAYS))('no face stays when a participant or its camera %s', async (_, { end, goesOn }) => {
    const { ada, ben } = await adaAndBen()
    await Promise.all([show(ada, 'Ada'), show(ben, 'Ada')])
    await Promise.all([shows(ada, 'red'), shows(ben, 'red')])
    await end(ada, ben)
    await Promise.all([shows(ada, 'black'), shows(ben, 'black')])
    if (goesOn !== 'sound') return
    await hears(ben)
    // Only a browser that keeps the last picture is made to load anew, which the sound has to wait for.
    expect(await ben.page.evaluate(() => window.emptied)).toBe(browser === 'firefox' ? 1 : 0)
  })

  test.each(Object.entries(ENDS))('no face stays when %s', async (_, end) => {
    const { ada, ben } = await adaAndBen()
    await show(ben, 'Ada')
    await shows(ben, 'red')
    await end(ada, ben)
    await shows(ben, 'black')
  })

  test('a picture that comes back is shown', async () => {
    const { ada, ben } = await adaAndBen()
    await show(ben, 'Ada')
    await shows(ben, 'red')
    await ada.page.evaluate(() => window.client.media.mute('camera'))
    await shows(ben, 'black')
    await ada.page.evaluate(() => window.client.media.unmute('camera'))
    await shows(ben, 'red')
    await hears(ben)
  })

  test('another track in the place of the first is shown', async () => {
    const { ada, ben } = await adaAndBen()
    await show(ben, 'Ada')
    await shows(ben, 'red')
    await ada.page.evaluate(async () => {
      const [camera] = (await window.draw('green')).stream.getVideoTracks()
      if (camera) await window.client.media.publish({ camera })
    })
    await shows(ben, 'green')
    await hears(ben)
  })

  test('nothing stays of a screen, muted with its sound going on or stopped', async () => {
    const { ada, ben } = await adaAndBen()
    await shareBlueWithSound(ada)
    await ben.sees('Ada', 'screen')
    await show(ben, 'Ada', 'screen')
    await shows(ben, 'blue')
    await ada.page.evaluate(() => window.client.media.mute('screen'))
    await shows(ben, 'black')
    await hears(ben)
    await ada.page.evaluate(() => window.client.media.unmute('screen'))
    await shows(ben, 'blue')
    await ada.page.evaluate(() => window.client.media.stopScreen())
    await shows(ben, 'black')
  })

  test('a link that starts over is shown and heard in the same element', async () => {
    const { ada, ben } = await adaAndBen()
    await show(ben, 'Ada')
    await shows(ben, 'red')
    await ben.page.evaluate(() => {
      for (const connection of window.probe.connections) connection.close()
    })
    await ada.page.evaluate(() => window.camera.paint('lime'))
    await shows(ben, 'green')
    await hears(ben)
  })

  test('an element out of the page for a while shows and plays on when it is back, but for one that the app paused', async () => {
    const { ben } = await adaAndBen()
    await show(ben, 'Ada')
    await shows(ben, 'red')
    const outAndIn = (pauseFirst: boolean) =>
      ben.page.evaluate(async (pauseFirst) => {
        const video = document.querySelector('video')
        if (!video) throw new Error('no element')
        if (pauseFirst) {
          const paused = new Promise((resolve) => video.addEventListener('pause', resolve, { once: true }))
          video.pause()
          await paused
        }
        const gone = new Promise((resolve) => video.addEventListener('pause', resolve, { once: true }))
        video.remove()
        if (!pauseFirst) await gone
        document.body.append(document.createElement('div'))
        document.querySelector('div')?.append(video)
      }, pauseFirst)
    await outAndIn(false)
    await shows(ben, 'red')
    await hears(ben)
    await outAndIn(true)
    await ben.sees('Ada')
    expect(await ben.page.evaluate(() => document.querySelector('video')?.paused)).toBe(true)
    await ben.page.evaluate(() => document.querySelector('video')?.play())
    await hears(ben)
  })

  test('an element plays on that is back before the browser tells of its pause', async () => {
    const { ben } = await adaAndBen()
    await show(ben, 'Ada')
    await shows(ben, 'red')
    await ben.page.evaluate(async () => {
      const video = document.querySelector('video')
      if (!video) throw new Error('no element')
      const { port1, port2 } = new MessageChannel()
      const nextTask = new Promise((resolve) => {
        port2.onmessage = resolve
      })
      video.remove()
      port1.postMessage(null)
      await nextTask
      document.body.append(video)
    })
    await hears(ben)
  })

  test('an element in a shadow tree plays on too', async () => {
    const { ben } = await adaAndBen()
    await ben.page.evaluate(async () => {
      const tree = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
      const video = tree.appendChild(document.createElement('video'))
      const ada = window.client.getState().participants.find(({ name }) => name === 'Ada')
      if (!ada) throw new Error('no Ada')
      const begun = new Promise((resolve) => video.addEventListener('playing', resolve, { once: true }))
      window.client.media.attach(video, { participantId: ada.id, kind: 'talk' })
      await begun
      const gone = new Promise((resolve) => video.addEventListener('pause', resolve, { once: true }))
      video.remove()
      await gone
      const back = new Promise((resolve) => video.addEventListener('playing', resolve, { once: true }))
      tree.append(video)
      await back
    })
  })

  test('a participant is as loud as wished for, over its reload, and silent for one alone', async () => {
    const { ada, ben } = await adaAndBen()
    await show(ben, 'Ada')
    const id = await ada.id()
    const sound = () =>
      ben.page.evaluate(() => {
        const video = document.querySelector('video')
        const of = window.client.getState().participants.find(({ name }) => name === 'Ada')
        return [video?.muted, video?.volume, of?.mutedForMe, of?.volume]
      })
    await ben.page.evaluate((id) => {
      window.client.media.setVolume(id, 0.25)
      window.client.media.muteForMe(id, true)
    }, id)
    expect(await sound()).toEqual([true, 0.25, true, 0.25])
    await ada.load()
    await ada.join()
    await publishRed(ada)
    await ben.sees('Ada')
    expect(await ada.id()).toBe(id)
    expect(await sound()).toEqual([true, 0.25, true, 0.25])
    await ben.page.evaluate((id) => window.client.media.muteForMe(id, false), id)
    await hears(ben)
    expect(await sound()).toEqual([false, 0.25, false, 0.25])
  })
})
