import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { BROWSERS } from '../../harness/browser/browser-name'
import type {} from '../../harness/browser/drawing'
import { pageHouse } from '../../harness/browser/page-house'

/** Mean brightness, of 255: the fake camera's picture is about 50, and black as a codec leaves it a few. */
const FACE = 30
const BLACK = 10

describe.each(BROWSERS)('in %s', (browser) => {
  const house = pageHouse({ autoplay: 'allowed' }, {}, browser)

  test('two pages see each other’s moving picture, chat and react both ways', async () => {
    const ada = await house.publish({ name: 'Ada', role: 'host' })
    const ben = await house.publish({ name: 'Ben', role: 'guest' })
    await Promise.all([ada.sees('Ben'), ben.sees('Ada')])

    await ada.page.evaluate(() => window.client.chat.send('hello'))
    await ben.page.evaluate(() => window.client.chat.send('and hello to you'))
    await expect.poll(() => ada.texts()).toEqual(['hello', 'and hello to you'])
    await expect.poll(() => ben.texts()).toEqual(['hello', 'and hello to you'])

    await ada.page.evaluate(() => window.client.reactions.send('❤️'))
    await ben.page.evaluate(() => window.client.reactions.send('🔥'))
    await expect.poll(async () => (await ben.events('reaction')).map((each) => each.emoji)).toContain('❤️')
    await expect.poll(async () => (await ada.events('reaction')).map((each) => each.emoji)).toContain('🔥')
  })

  test('sound that no element plays makes no link unwell', async () => {
    const [ada, ben] = [
      await house.join({ name: 'Ada', role: 'host' }),
      await house.join({ name: 'Ben', role: 'guest' }),
    ]
    await Promise.all([ada, ben].map((page) => page.publish({ microphone: true })))
    const arrived = () =>
      ada.page.evaluate(
        async () => (await window.client.links[0]?.getStats())?.received.microphone.packetsReceived ?? 0,
      )
    // Sound of ten seconds: more than it takes to doubt, and to look for another path.
    await expect.poll(arrived, { timeout: 120_000 }).toBeGreaterThan(500)
    for (const page of [ada, ben]) {
      expect((await page.events('linkChanged')).map(({ link }) => link)).toEqual(['connecting', 'connected'])
    }
  })

  test('an awaited chat.send finds its message in the state', async () => {
    const ada = await house.join({ name: 'Ada', role: 'host' })
    const last = await ada.page.evaluate(async () => {
      await window.client.chat.send('here already')
      return window.client.getState().messages.at(-1)?.text
    })
    expect(last).toBe('here already')
  })

  test('a newcomer finds the last messages', async () => {
    const ada = await house.join({ name: 'Ada', role: 'host' })
    await ada.page.evaluate(async () => {
      for (let n = 1; n <= 12; n++) await window.client.chat.send(`message ${n}`)
    })
    const ben = await house.join({ name: 'Ben', role: 'viewer' })
    expect((await ben.texts()).length).toBe(12)
  })

  test('mute stops the sound and says so; unmute brings it back', async () => {
    const ada = await house.publish({ name: 'Ada', role: 'host' })
    const ben = await house.publish({ name: 'Ben', role: 'guest' })
    await ben.page.evaluate(play, 'Ada')
    const sound = async () => {
      const [sent, heard] = [await ada.page.evaluate(soundSent), await ben.page.evaluate(soundHeard)]
      return { sent, ...heard }
    }
    const soundsOn = async () => {
      const before = await sound()
      await expect
        .poll(async () => {
          const now = await sound()
          return now.sent > before.sent && now.packets > before.packets && now.energy > before.energy
        })
        .toBe(true)
    }
    await soundsOn()

    await ada.page.evaluate(() => window.client.media.mute('microphone'))
    await expect.poll(async () => (await ben.participant('Ada'))?.muted).toEqual(['microphone'])
    // What was under way arrives and fades; then, while twenty pictures come, not one packet is sent and nothing is heard.
    const isSilent = async () => {
      const before = await sound()
      await ben.sees('Ada', 'camera', 20)
      return isDeepStrictEqual(await sound(), before)
    }
    await expect.poll(isSilent, { timeout: 60_000 }).toBe(true)

    await ada.page.evaluate(() => window.client.media.unmute('microphone'))
    await expect.poll(async () => (await ben.participant('Ada'))?.muted).toEqual([])
    await soundsOn()
    expect(await ben.descriptions()).toEqual([1])
  })

  test('camera off leaves no frozen face, and camera on shows a moving picture again', async () => {
    const ada = await house.publish({ name: 'Ada', role: 'host' })
    const ben = await house.publish({ name: 'Ben', role: 'guest' })
    await ben.sees('Ada')
    await ben.page.evaluate(play, 'Ada')
    const brightness = () => ben.page.evaluate(brightnessOnShow)
    await expect.poll(brightness).toBeGreaterThan(FACE)

    await ada.page.evaluate(() => window.client.media.mute('camera'))
    await expect.poll(async () => (await ben.participant('Ada'))?.talk).toEqual(['audio'])
    await expect.poll(brightness).toBeLessThan(BLACK)

    await ada.page.evaluate(() => window.client.media.unmute('camera'))
    await ben.sees('Ada')
    await expect.poll(brightness).toBeGreaterThan(FACE)
    expect((await ben.participant('Ada'))?.talk).toEqual(['audio', 'video'])
    expect(await ben.descriptions()).toEqual([1])
  })

  test('a screen is shared and taken back', async () => {
    const ada = await house.publish({ name: 'Ada', role: 'host' })
    const ben = await house.join({ name: 'Ben', role: 'viewer' })
    await ada.page.evaluate(() => window.client.media.shareScreen())
    await ben.sees('Ada', 'screen', 1)
    expect((await ben.participant('Ada'))?.published).toContain('screen')
    await ada.page.evaluate(() => window.client.media.stopScreen())
    await expect.poll(async () => (await ben.participant('Ada'))?.screen).toEqual([])
    expect((await ben.participant('Ada'))?.published).not.toContain('screen')
    expect(await ben.descriptions()).toEqual([1])
  })

  test('the browser’s own "Stop sharing" takes the screen back', async () => {
    const ada = await house.publish({ name: 'Ada', role: 'host' })
    const ben = await house.join({ name: 'Ben', role: 'viewer' })
    await ada.page.evaluate(() => window.client.media.shareScreen())
    await ben.sees('Ada', 'screen', 1)
    // The bar belongs to the browser's own window, which a headless one lacks. What it does to the page is this.
    await ada.page.evaluate(() => {
      if (window.fakeScreen) return window.fakeScreen.end()
      const track = window.client.getState().self?.sources.screen.track
      track?.stop()
      track?.dispatchEvent(new Event('ended'))
    })
    await expect.poll(async () => (await ben.participant('Ada'))?.published).not.toContain('screen')
    await expect.poll(async () => (await ben.participant('Ada'))?.screen).toEqual([])
  })
})

/** Shows a participant in an element of the page, as an app does. */
function play(name: string): void {
  const found = window.client.getState().participants.find((each) => each.name === name)
  if (!found) throw new Error(`no ${name}`)
  const video = document.body.appendChild(document.createElement('video'))
  window.client.media.attach(video, { participantId: found.id, kind: 'talk' })
}

/** Of what the page's element shows now. An element without a picture is black. */
function brightnessOnShow(): number {
  const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 })
  const context = canvas.getContext('2d')
  const video = document.querySelector('video')
  if (!context || !video) throw new Error('nothing to look at')
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const colors = data.filter((_, i) => i % 4 !== 3)
  return colors.reduce((sum, each) => sum + each, 0) / colors.length
}

/** Packets of sound that left the page so far. */
async function soundSent(): Promise<number> {
  const reports = await Promise.all(window.probe.connections.map((each) => each.getStats()))
  const all = reports.flatMap((report) => [...report.values()])
  const sound = all.find(({ type, kind, packetsSent }) => type === 'outbound-rtp' && kind === 'audio' && packetsSent)
  return sound?.packetsSent ?? 0
}

/** Packets of sound that came so far, and the energy of what was played of them. */
async function soundHeard(): Promise<{ packets: number; energy: number }> {
  const reports = await Promise.all(window.probe.connections.map((each) => each.getStats()))
  const all = reports.flatMap((report) => [...report.values()])
  const sound = all.find(
    ({ type, kind, packetsReceived }) => type === 'inbound-rtp' && kind === 'audio' && packetsReceived,
  )
  return { packets: sound?.packetsReceived ?? 0, energy: sound?.totalAudioEnergy ?? 0 }
}
