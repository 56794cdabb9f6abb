import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildByVite, ExampleApp } from '../../harness/browser/example-app'
import { exampleHouse } from '../../harness/browser/example-house'
import { type ExampleTab, meet, seeEachOther } from '../../harness/browser/example-tab'
import { LiveServer } from '../../harness/browser/live-server'

const house = exampleHouse()
let server: LiveServer
let app: ExampleApp

beforeAll(async () => {
  server = await LiveServer.start()
  await buildByVite('custom-ui', { VITE_PEERSTAGE_URL: server.url.replace('127.0.0.1', 'localhost') })
  app = await ExampleApp.vite('custom-ui', 'preview', {})
})
afterAll(async () => {
  await app?.stop()
  await server?.stop()
})

async function walkIn(name: string, room: string, devices?: 'denied'): Promise<ExampleTab> {
  const tab = await house.open(`${app.url}/?room=${room}`, devices)
  await tab.page.getByLabel('Your name').fill(name)
  await tab.button('Walk in').click()
  await tab.button('Leave').waitFor()
  return tab
}

test('two people see and read each other, and hearts rise on both pages', async () => {
  const ada = await walkIn('Ada', 'show')
  await ada.page.getByText('Just you').waitFor()
  const ben = await walkIn('Ben', 'show')
  await ada.page.getByRole('status').filter({ hasText: 'Ben walks in' }).waitFor()
  await meet(ada, ben, 'On stage')

  const seen = [ada, ben].map(({ page }) => page.locator('#hearts span').first().waitFor({ state: 'attached' }))
  await ben.button('Send a heart').click()
  await Promise.all(seen)
})

test('the large picture is another participant, and changes to the face that is clicked', async () => {
  const ada = await walkIn('Ada', 'light')
  const inTheLight = () => ada.page.locator('#light').evaluate((video) => video.className)
  await expect.poll(inTheLight).toBe('mirrored')
  await walkIn('Ben', 'light')
  await expect.poll(inTheLight).toBe('')
  await ada.button('You').click()
  expect(await inTheLight()).toBe('mirrored')
})

test('leaving and coming back leaves no ghost', async () => {
  const ada = await walkIn('Ada', 'back')
  const ben = await walkIn('Ben', 'back')
  await ben.button('Leave').click()
  await ada.page.getByText('Just you').waitFor()
  expect(await ben.page.getByLabel('Your name').inputValue()).toBe('Ben')
  await ben.button('Walk in').click()
  await seeEachOther(ada, ben, 'On stage')
  for (const { page } of [ada, ben]) await page.getByText('2 people').waitFor()
})

test('who refuses the camera is told what to do, and may try again', async () => {
  const ada = await walkIn('Ada', 'refused', 'denied')
  const problem = ada.page.getByRole('alert').filter({ hasText: 'Allow the camera' })
  await problem.waitFor()
  await ada.say('No one sees me')
  await ada.message('No one sees me').waitFor()
  await ada.button('Try again').click()
  await problem.waitFor()
})
