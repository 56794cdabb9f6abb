// Pictures that come by TURN alone, over the coturn that docs/deployment.md describes, with passwords that the server makes.
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startCoturn, TURN_SECRET } from '../../harness/browser/coturn'
import { launchBrowser } from '../../harness/browser/launch-browser'
import { LiveServer } from '../../harness/browser/live-server'
import { RoomPage, type Visitor } from '../../harness/browser/room-page'
import { barePage, StaticSite } from '../../harness/browser/static-site'
import { TurnClient, type TurnUser } from '../../harness/browser/turn-client'

const ice = { iceTransportPolicy: 'relay' } as const
const UNAUTHORIZED = 401

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

async function serverWithTurn(urlOf: (address: string) => string, ttl = '3600') {
  const turn = keep(await startCoturn(), (it) => it.stop())
  const env = {
    PEERSTAGE_ICE_SERVERS: 'none',
    PEERSTAGE_TURN_URLS: urlOf(turn.address),
    PEERSTAGE_TURN_SECRET: TURN_SECRET,
    PEERSTAGE_TURN_TTL: ttl,
  }
  return { turn, server: keep(await LiveServer.start({ env }), (it) => it.stop()) }
}

async function join(server: LiveServer, visitor: Visitor): Promise<RoomPage> {
  const site = keep(await StaticSite.serve(barePage(`${server.url}/peerstage.js`)), (it) => it.close())
  return keep(await RoomPage.join(browser, { site: site.url, server: server.url }, visitor, true), (it) => it.close())
}

/** What the statistics of its links say of the ways in use. */
const ways = (page: RoomPage) =>
  page.page.evaluate(async () => {
    const stats = await Promise.all(window.client.links.map((link) => link.getStats()))
    return stats.map((each) => [each.localCandidateType, each.remoteCandidateType])
  })

async function seeEachOtherByRelay(...pages: RoomPage[]): Promise<void> {
  await Promise.all(
    pages.flatMap((page) => pages.filter((other) => other !== page).map((other) => page.sees(other.visitor.name))),
  )
  for (const page of pages) expect(await ways(page)).toEqual(pages.slice(1).map(() => ['relay', 'relay']))
}

/** The TURN password that its oldest connection would gather with now. */
const passwordOf = (page: RoomPage): Promise<TurnUser> =>
  page.page.evaluate(() => {
    const [server] = window.probe.connections[0]?.getConfiguration().iceServers ?? []
    return { username: server?.username ?? '', credential: String(server?.credential ?? '') }
  })

/** What a TURN server answers to it. */
async function answerTo(user: TurnUser, address: string): Promise<number> {
  const client = await TurnClient.connect(address, user)
  const code = await client.allocate()
  await client.close()
  return code
}

/** Lets its oldest connection look for ways anew, and waits for one by TURN. The link is told nothing, and is of no use any more. */
const gatherAnew = (page: RoomPage): Promise<string> =>
  page.page.evaluate(async () => {
    const [connection] = window.probe.connections
    if (connection === undefined) return 'no connection'
    const found = new Promise<string>((resolve) => {
      connection.addEventListener('icecandidate', ({ candidate }) => resolve(candidate?.type ?? 'none'))
    })
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }))
    return found
  })

test('over TCP, with passwords that the server makes for each session', async () => {
  const { server } = await serverWithTurn((address) => `turn:${address}?transport=tcp`)
  const ada = await join(server, { name: 'Ada', role: 'host', ice })
  const ben = await join(server, { name: 'Ben', role: 'guest', ice })
  await seeEachOtherByRelay(ada, ben)
  expect((await passwordOf(ada)).username).not.toBe((await passwordOf(ben)).username)
})

test('pictures go on when the first passwords have expired, and who comes then is seen by fresh ones', async () => {
  const { turn, server } = await serverWithTurn((address) => `turn:${address}`, '10')
  const ada = await join(server, { name: 'Ada', role: 'host', ice })
  const ben = await join(server, { name: 'Ben', role: 'guest', ice })
  await seeEachOtherByRelay(ada, ben)
  const first = await passwordOf(ada)
  expect(await answerTo(first, turn.address)).toBe(0)
  await expect.poll(() => answerTo(first, turn.address)).toBe(UNAUTHORIZED)

  await seeEachOtherByRelay(ada, ben)
  const cy = await join(server, { name: 'Cy', role: 'guest', ice })
  await seeEachOtherByRelay(ada, ben, cy)

  // And a connection that is up would find another way, if it had to.
  const fresh = await passwordOf(ada)
  expect(fresh.username.split(':')[1]).toBe(first.username.split(':')[1])
  expect(fresh.username).not.toBe(first.username)
  await expect.poll(() => gatherAnew(ada)).toBe('relay')
  expect(server.output).not.toContain(TURN_SECRET)
  for (const { credential } of [first, fresh]) expect(server.output).not.toContain(credential)
})

test('over three expiries a relayed link goes on in the same connection, with the passwords of then', async () => {
  const { turn, server } = await serverWithTurn((address) => `turn:${address}`, '10')
  const ada = await join(server, { name: 'Ada', role: 'host', ice })
  const ben = await join(server, { name: 'Ben', role: 'guest', ice })
  await seeEachOtherByRelay(ada, ben)
  for (const expired of [1, 2, 3]) {
    const password = await passwordOf(ada)
    await expect.poll(() => answerTo(password, turn.address), { timeout: 60_000 }).toBe(UNAUTHORIZED)
    await seeEachOtherByRelay(ada, ben)
    const epochs = () => ada.page.evaluate(() => window.client.links.map(({ epoch }) => epoch))
    await expect.poll(async () => (await epochs())[0]?.restarts ?? 0).toBeGreaterThanOrEqual(expired)
    expect((await epochs()).map(({ n }) => n)).toEqual([0])
  }
  const states = await Promise.all([ada, ben].map((page) => page.events('linkChanged')))
  expect(states.flat().map(({ link }) => link)).toEqual(['connecting', 'connected', 'connecting', 'connected'])
})
