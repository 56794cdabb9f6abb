import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildByVite, ExampleApp } from '../../harness/browser/example-app'
import { exampleHouse } from '../../harness/browser/example-house'
import { type ExampleTab, meet, moves, seeEachOther } from '../../harness/browser/example-tab'
import { LiveServer } from '../../harness/browser/live-server'

const house = exampleHouse()
let server: LiveServer

beforeAll(async () => {
  server = await LiveServer.start()
})
afterAll(() => server?.stop())

const env = () => ({ VITE_PEERSTAGE_URL: server.url.replace('127.0.0.1', 'localhost') })

async function join(url: string, name: string, room: string): Promise<ExampleTab> {
  const tab = await house.open(url)
  await tab.page.getByLabel('Your name').fill(name)
  await tab.page.getByLabel('Room').fill(room)
  await tab.button('Join').click()
  await tab.page.getByRole('heading', { name: room }).waitFor()
  return tab
}

describe('in development, where StrictMode runs each effect twice', () => {
  let app: ExampleApp
  beforeAll(async () => {
    app = await ExampleApp.vite('vite-react', 'dev', env())
  })
  afterAll(() => app?.stop())

  test('two people see and read each other, and neither has a ghost, also after coming back', async () => {
    const ada = await join(app.url, 'Ada', 'strict')
    const ben = await join(app.url, 'Ben', 'strict')
    await meet(ada, ben, 'On stage')

    await ben.button('Leave').click()
    await ben.page.getByRole('heading', { name: 'Join a room' }).waitFor()
    await expect.poll(() => ada.list('On stage').allInnerTexts()).toEqual(['Ada (you)'])
    await ben.button('Join').click()
    await seeEachOther(ada, ben, 'On stage')
    expect(await ada.list('On stage').allInnerTexts()).toEqual(['Ada (you)', 'Ben'])
    expect(await ben.list('On stage').allInnerTexts()).toEqual(['Ada', 'Ben (you)'])
  })

  test('who is muted is shown so, and a camera that was stopped comes back', async () => {
    const ada = await join(app.url, 'Ada', 'muted')
    const ben = await join(app.url, 'Ben', 'muted')
    await ben.button('Mute').click()
    await ada.list('On stage').filter({ hasText: 'Ben, muted' }).waitFor()
    await ben.button('Stop camera').click()
    const picture = ada.list('On stage').filter({ hasText: 'Ben' }).locator('video')
    await expect.poll(() => picture.evaluate((video) => getComputedStyle(video).visibility)).toBe('hidden')
    await ben.button('Start camera').click()
    await moves(ada.list('On stage').filter({ hasText: 'Ben' }))
  })

  test('a camera that is refused is told in words, and the room is there all the same', async () => {
    const ada = await house.open(app.url, 'denied')
    await ada.page.getByLabel('Your name').fill('Ada')
    await ada.button('Join').click()
    await ada.page.getByRole('alert').filter({ hasText: 'Allow the camera' }).waitFor()
    await ada.say('No one sees me')
    await ada.message('No one sees me').waitFor()
    await ada.button('OK').click()
    await ada.page.getByRole('alert').waitFor({ state: 'detached' })
  })
})

test('two people meet in the built page', async () => {
  await buildByVite('vite-react', env())
  const app = await ExampleApp.vite('vite-react', 'preview', {})
  try {
    await meet(await join(app.url, 'Ada', 'built'), await join(app.url, 'Ben', 'built'), 'On stage')
  } finally {
    await app.stop()
  }
})
