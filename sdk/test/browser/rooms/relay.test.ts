// Pictures that come by TURN alone, over the coturn that docs/deployment.md describes.
import { createHmac } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../launch-browser'
import { LiveServer } from '../live-server'
import { startCoturn } from './coturn'
import { RoomPage, type Visitor } from './room-page'
import { barePage, StaticSite } from './static-site'

let browser: Browser
const opened: { close(): Promise<void> }[] = []
const keep = <T>(what: T, close: (it: T) => Promise<void>): T => {
  opened.unshift({ close: () => close(what) })
  return what
}

beforeAll(async () => {
  browser = await launchBrowser()
})
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close()
})
afterAll(() => browser.close())

async function join(server: LiveServer, visitor: Visitor): Promise<RoomPage> {
  const site = keep(await StaticSite.serve(barePage(`${server.url}/peerstage.js`)), (it) => it.close())
  return keep(await RoomPage.join(browser, { site: site.url, server: server.url }, visitor, true), (it) => it.close())
}

/** What the statistics of its one link say of the way in use. */
const way = (page: RoomPage) =>
  page.page.evaluate(async () => {
    const [link] = window.client.links
    const stats = await link?.getStats()
    return [stats?.localCandidateType, stats?.remoteCandidateType]
  })

async function seeEachOtherByRelay(pages: [RoomPage, RoomPage]): Promise<void> {
  const [ada, ben] = pages
  await Promise.all([ada.sees('Ben'), ben.sees('Ada')])
  for (const page of pages) expect(await way(page)).toEqual(['relay', 'relay'])
}

test('with a user and a password that the server hands out', async () => {
  const turn = keep(await startCoturn(), (it) => it.stop())
  const iceServers = [
    { urls: `stun:${turn.address}` },
    { urls: [`turn:${turn.address}`], username: 'peerstage', credential: 'a-long-password' },
  ]
  const server = keep(await LiveServer.start({ env: { PEERSTAGE_ICE_SERVERS: JSON.stringify(iceServers) } }), (it) =>
    it.stop(),
  )
  const ice = { iceTransportPolicy: 'relay' } as const
  const ada = await join(server, { name: 'Ada', role: 'host', ice })
  const ben = await join(server, { name: 'Ben', role: 'guest', ice })
  await seeEachOtherByRelay([ada, ben])
})

test("over TCP, with passwords that expire, made by the app's own backend", async () => {
  const secret = 'only the backend and coturn know it'
  const turn = keep(
    await startCoturn((line) =>
      line === 'lt-cred-mech'
        ? ['use-auth-secret', `static-auth-secret=${secret}`]
        : line.startsWith('user=')
          ? []
          : [line],
    ),
    (it) => it.stop(),
  )
  const server = keep(await LiveServer.start(), (it) => it.stop())
  const iceServersOf = (name: string) => {
    const username = `${Math.floor(Date.now() / 1000) + 3600}:${name}`
    const credential = createHmac('sha1', secret).update(username).digest('base64')
    return [{ urls: `turn:${turn.address}?transport=tcp`, username, credential }]
  }
  const ice = (name: string) => ({ iceTransportPolicy: 'relay', iceServers: iceServersOf(name) }) as const
  const ada = await join(server, { name: 'Ada', role: 'host', ice: ice('ada') })
  const ben = await join(server, { name: 'Ben', role: 'guest', ice: ice('ben') })
  await seeEachOtherByRelay([ada, ben])
})
