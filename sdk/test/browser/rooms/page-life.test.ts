// What becomes of a page between two looks at it: prerendered, kept for the way back, frozen, discarded.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { LiveStreamClient, type Role } from '../../../src/index'
import { LiveServer } from '../../harness/browser/live-server'
import { PlainChromium } from '../../harness/browser/plain-chromium'
import { TcpProxy } from '../../harness/browser/tcp-proxy'
import { ToldSite } from '../../harness/browser/told-site'

let server: LiveServer
let rooms = 0
let room: string
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  server = await LiveServer.start()
})
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})
afterAll(() => server?.stop())

async function tokenOf(name: string, role: Role): Promise<string> {
  const query = new URLSearchParams({ room, identity: name, name, role })
  return ((await (await fetch(`${server.url}/dev/token?${query}`)).json()) as { token: string }).token
}

/** A client in this process, and what it is told of others. */
async function enter(name: string, role: Role) {
  const client = new LiveStreamClient({ url: server.url, room, token: await tokenOf(name, role), WebSocket })
  cleanups.push(() => client.leave())
  await client.join()
  const told: string[] = []
  client.on('*', ({ name: event, payload }) => {
    if ('participant' in payload && payload.participant !== null) told.push(`${payload.participant.name} ${event}`)
  })
  return { client, told }
}

/** A page that joins by itself, or prepares to, and tells what its client hears. Without a token it is who its session key says. */
const roomPage = (
  url: string,
  options: { token?: string; joinTimeoutMs?: number } = {},
  begin: 'join' | 'prepare' = 'join',
) => `<script src="${server.url}/peerstage.js"></script><script>
window.client = new Peerstage.LiveStreamClient(${JSON.stringify({ url, room, name: 'Ben', iceServers: [], ...options })})
for (const name of ['joined', 'reconnected', 'left', 'message'])
  client.on(name, () => tell(name, client.state.self?.id))
client.${begin}().then(() => tell('${begin} done'), () => {})
tell(document.prerendering ? 'prerendered' : 'loaded')
</script>`

async function browse(pages: Readonly<Record<string, string>>) {
  const site = await ToldSite.serve(pages)
  cleanups.push(() => site.close())
  const [first] = Object.keys(pages)
  const browser = await PlainChromium.open(site.url + first)
  cleanups.push(() => browser.close())
  return { site, browser }
}

const newRoom = () => {
  room = `page-life-${++rooms}`
}

test('a prerendered page joins when it is opened, however late, and not before: a live device elsewhere stays [R2.10]', async () => {
  newRoom()
  const host = await enter('Host', 'host')
  const phone = await enter('Ben', 'guest')
  const rules = { prerender: [{ source: 'list', urls: ['/ahead'], eagerness: 'immediate' }] }
  const joinTimeoutMs = 5000
  const late = `<script>
    (async () => {
      while (performance.now() < ${1.2 * joinTimeoutMs}) await fetch('/tick')
      tell('late')
    })()
  </script>`
  const { site } = await browse({
    '/first': `<script type="speculationrules">${JSON.stringify(rules)}</script><script>
      fetch('/held').then(() => { location.href = '/ahead' })
    </script>`,
    '/ahead': roomPage(server.url, { token: await tokenOf('Ben', 'guest'), joinTimeoutMs }) + late,
  })
  await site.until('/ahead', 'prerendered')
  await site.until('/ahead', 'late')
  await host.client.chat.send('who is there?')
  await expect.poll(() => phone.client.state.messages).toHaveLength(1)
  expect(phone.client.state.status).toBe('joined')
  expect(host.told).toEqual(['Ben participantJoined'])

  const { self } = phone.client.state
  site.release()
  expect(await site.until('/ahead', 'joined')).toMatchObject({ id: self?.id })
  await expect.poll(() => phone.client.state).toMatchObject({ status: 'left', reason: 'superseded' })
  await expect.poll(() => host.told).toContain('Ben participantReturned')
})

test('a page that was kept for the way back is alive again, as the same participant, though another page of its tab was there [R2.10]', async () => {
  newRoom()
  const host = await enter('Host', 'host')
  const { site, browser } = await browse({
    // A browser keeps no page that has a link.
    '/room': `<script>delete window.RTCPeerConnection</script>${roomPage(server.url)}`,
    '/other': '',
    '/again': roomPage(server.url),
  })
  const { id } = await site.until('/room', 'joined')
  for (const away of ['/other', '/again']) {
    await browser.run('/room', `location.href = '${away}'`)
    if (away === '/again') expect(await site.until('/again', 'joined')).toMatchObject({ id })
    const backs = site.told.filter(({ what }) => what === 'back').length
    await browser.run(away, 'history.back()')
    await site.until('/room', 'back', backs + 1)
    const heard = site.told.filter(({ what }) => what === 'message').length
    await expect.poll(() => host.client.state.participants.find((each) => each.id === id)?.presence).toBe('connected')
    await host.client.chat.send('are you back?')
    expect(await site.until('/room', 'message', heard + 1)).toMatchObject({ id })
  }
  expect(host.told.filter((each) => each.endsWith('participantLeft'))).toEqual([])
  expect(host.client.state.participants).toHaveLength(2)
})

test('a frozen tab whose line broke meanwhile is back when it is shown [R2.10]', async () => {
  newRoom()
  const host = await enter('Host', 'host')
  const proxy = await TcpProxy.to(server.url)
  cleanups.push(() => proxy.close())
  const { site, browser } = await browse({ '/room': roomPage(proxy.url) })
  const { id } = await site.until('/room', 'joined')
  await browser.tell('/room', 'Page.setWebLifecycleState', { state: 'frozen' })
  proxy.cut()
  const presence = () => host.client.state.participants.find((each) => each.id === id)?.presence
  await expect.poll(presence).toBe('reconnecting')
  proxy.heal()
  await host.client.chat.send('said while it was frozen')
  await browser.tell('/room', 'Page.setWebLifecycleState', { state: 'active' })
  expect(await site.until('/room', 'message')).toMatchObject({ id })
  await expect.poll(presence).toBe('connected')
})

test('a prejoin page that was frozen, or kept for the way back, joins when its user asks for it [R2.10, R2.11]', async () => {
  newRoom()
  const host = await enter('Host', 'host')
  const proxy = await TcpProxy.to(server.url)
  cleanups.push(() => proxy.close())
  for (const away of ['frozen', 'kept'] as const) {
    const { site, browser } = await browse({ '/prejoin': roomPage(proxy.url, {}, 'prepare'), '/other': '' })
    await site.until('/prejoin', 'prepare done')
    if (away === 'frozen') {
      await browser.tell('/prejoin', 'Page.setWebLifecycleState', { state: 'frozen' })
      proxy.cut()
      proxy.heal()
      await browser.tell('/prejoin', 'Page.setWebLifecycleState', { state: 'active' })
    } else {
      await browser.run('/prejoin', `location.href = '/other'`)
      await browser.run('/other', 'history.back()')
      await site.until('/prejoin', 'back')
    }
    await browser.run('/prejoin', 'void client.join()')
    await site.until('/prejoin', 'joined')
  }
  expect(host.told.filter((each) => each.endsWith('participantJoined'))).toHaveLength(2)
  expect(host.told.filter((each) => each.endsWith('participantReturned'))).toEqual([])
})

test('a tab that was discarded comes back as the same participant [R2.10]', async () => {
  newRoom()
  const host = await enter('Host', 'host')
  const { site, browser } = await browse({ '/room': roomPage(server.url) })
  const { id } = await site.until('/room', 'joined')
  // What Chromium does to a tab that it discards: it is frozen, then its process ends, and what it has stored stays.
  await browser.tell('/room', 'Page.setWebLifecycleState', { state: 'frozen' })
  await browser.tell('/room', 'Page.crash')
  await browser.tell('/room', 'Page.reload')
  expect(await site.until('/room', 'joined', 2)).toMatchObject({ id })
  expect(host.told.filter((each) => /participant(Left|Joined)$/.test(each))).toEqual(['Ben participantJoined'])
})
