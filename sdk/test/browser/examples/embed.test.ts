import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ExampleApp } from '../../harness/browser/example-app'
import { exampleHouse } from '../../harness/browser/example-house'
import { type ExampleTab, meet, seeEachOther } from '../../harness/browser/example-tab'

const house = exampleHouse()

describe.each(['embed-express', 'embed-fastify'])('%s', (example) => {
  let app: ExampleApp
  // The class is one room, so each test has a school of its own.
  beforeEach(async () => {
    app = await ExampleApp.server(example)
  })
  afterEach(() => app?.stop())

  async function logIn(name: string, password: string): Promise<ExampleTab> {
    const tab = await house.open(app.url)
    await tab.page.getByLabel('Name').fill(name)
    await tab.page.getByLabel('Password').fill(password)
    await tab.button('Log in').click()
    return tab
  }

  test('a teacher and a student meet, each under the name and the role that the app gives', async () => {
    const ada = await logIn('Ada', 'engine')
    const ben = await logIn('Ben', 'kite')
    // The student comes first, and is no host for that.
    await ben.button('Join').click()
    await ben.page.getByRole('log').waitFor()
    await ada.button('Join').click()
    await meet(ada, ben, 'People')
    expect(await ada.list('People').allInnerTexts()).toEqual(['Ben', 'Ada (you), host'])

    await ben.button('Leave').click()
    await expect.poll(() => ada.list('People').count()).toBe(1)
    await ben.button('Join').click()
    await seeEachOther(ada, ben, 'People')
  })

  test('a user that is not logged in sees the login, gets no token, and is rejected by the room', async () => {
    const eve = await logIn('Ada', 'guessed')
    await eve.page.getByRole('alert').filter({ hasText: 'Wrong name or password.' }).waitFor()
    await eve.page.getByRole('heading', { name: 'The school' }).waitFor()
    expect((await fetch(`${app.url}/token`)).status).toBe(401)
    expect((await fetch(`${app.url}/token`, { headers: { cookie: 'user=user-1' } })).status).toBe(401)

    await eve.page.addScriptTag({ url: '/peerstage.js' })
    const code = await eve.page.evaluate(async () => {
      const client = new window.Peerstage.LiveStreamClient({ room: 'class' })
      return client.join().catch((error) => error.code)
    })
    expect(code).toBe('unauthorized')
  })

  test('who logged out elsewhere is told so, and is not let in', async () => {
    const ben = await logIn('Ben', 'kite')
    await ben.button('Log out').waitFor()
    await ben.page.context().clearCookies()
    await ben.button('Join').click()
    await expect.poll(() => ben.page.getByRole('alert').textContent()).not.toBe('')
    await ben.button('Join').waitFor()
    // The browser itself writes of the 401.
    expect(ben.complaints.splice(0)).toEqual([expect.stringContaining('401')])
  })

  test('a page of another origin is refused, though its token is good', async () => {
    const ben = await logIn('Ben', 'kite')
    await ben.button('Log out').waitFor()
    const token = await ben.page.evaluate(async () => (await (await fetch('/token')).json()).token)
    const stranger = await house.open(app.url.replace('localhost', '127.0.0.1'))
    await stranger.page.addScriptTag({ url: '/peerstage.js' })
    const code = await stranger.page.evaluate(async (given) => {
      const client = new window.Peerstage.LiveStreamClient({ room: 'class', token: given })
      return client.join().catch((error) => error.code)
    }, token)
    expect(code).toBe('forbidden')
  })

  test('the app’s own WebSocket goes on beside the room', async () => {
    const ada = await logIn('Ada', 'engine')
    await ada.page.getByText('1 page open').waitFor()
    await ada.button('Join').click()
    await ada.page.getByRole('log').waitFor()
    const ben = await logIn('Ben', 'kite')
    for (const { page } of [ada, ben]) await page.getByText('2 pages open').waitFor()
    await ben.page.goto('about:blank')
    await ada.page.getByText('1 page open').waitFor()
    await ada.say('still here')
    await ada.message('still here').waitFor()
  })
})

test('both schools are the same but for the server', async () => {
  const [express, fastify] = await Promise.all(['embed-express', 'embed-fastify'].map(filesOf))
  expect(fastify).toEqual(express)
})

async function filesOf(example: string): Promise<Map<string, string>> {
  const folder = fileURLToPath(new URL(`../../../../examples/${example}/`, import.meta.url))
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const shared = names.filter(({ name, parentPath }) => !parentPath.includes('node_modules') && !OWN.includes(name))
  const files = shared.filter((entry) => entry.isFile())
  const entries = files.map(async ({ name, parentPath }): Promise<[string, string]> => {
    return [`${parentPath.slice(folder.length)}/${name}`, await readFile(`${parentPath}/${name}`, 'utf8')]
  })
  return new Map(await Promise.all(entries))
}

/** What is each example's own. */
const OWN = ['server.js', 'package.json', 'README.md', 'tsconfig.tsbuildinfo']
