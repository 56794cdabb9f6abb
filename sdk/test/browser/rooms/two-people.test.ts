import { expect, test } from 'vitest'
import { roomHouse } from './room-house'

const house = roomHouse()

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
  await ben.sees('Ada')
  await ada.page.evaluate(() => window.client.media.mute('microphone'))
  await expect.poll(async () => (await ben.participant('Ada'))?.muted).toEqual(['microphone'])
  await ada.page.evaluate(() => window.client.media.unmute('microphone'))
  await expect.poll(async () => (await ben.participant('Ada'))?.muted).toEqual([])
  expect(await ben.descriptions()).toEqual([1])
})

test('camera off leaves no frozen face, and camera on shows a moving picture again', async () => {
  const ada = await house.publish({ name: 'Ada', role: 'host' })
  const ben = await house.publish({ name: 'Ben', role: 'guest' })
  await ben.sees('Ada')
  await ada.page.evaluate(() => window.client.media.mute('camera'))
  await expect.poll(async () => (await ben.participant('Ada'))?.talk).toEqual(['audio'])
  await ada.page.evaluate(() => window.client.media.unmute('camera'))
  await ben.sees('Ada')
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
    const track = window.client.getState().self?.sources.screen.track
    track?.stop()
    track?.dispatchEvent(new Event('ended'))
  })
  await expect.poll(async () => (await ben.participant('Ada'))?.published).not.toContain('screen')
  await expect.poll(async () => (await ben.participant('Ada'))?.screen).toEqual([])
})
