// A prejoin screen: real server, real sockets, counted as they are opened.
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createPeerstageServer } from '../../../server/src/index'
import { systemEnvironment } from '../../src/client/environment'
import type { LiveStreamClient, LiveStreamClientOptions } from '../../src/index'
import { ManualPage, MemoryStorage } from '../harness/manual-page'
import { RoomHouse } from '../harness/room-house'
import { SlowLine } from '../harness/slow-line'

const SECRET = 'a secret of at least thirty-two bytes'

let house: RoomHouse
beforeEach(async () => {
  house = new RoomHouse({ auth: { secret: SECRET } })
  await house.url()
})
afterEach(() => house.close())

type Role = 'host' | 'guest'
const tokenOf = (identity: string, role: Role = 'guest') =>
  house.server.token({ room: 'test', identity, name: identity, role })

/** A client by its token, and the sockets that it has opened. */
async function guest(name: string, options: Partial<LiveStreamClientOptions> = {}, role?: Role) {
  const sockets: WebSocket[] = []
  class Counted extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      sockets.push(this)
    }
  }
  const token = () => tokenOf(name, role)
  const client = await house.client(name, { token, WebSocket: Counted, ...options })
  const told: string[] = []
  client.on('*', (event) => told.push(event.name))
  return { client, sockets, told }
}

const join = async (...args: Parameters<typeof guest>): Promise<LiveStreamClient> => {
  const { client } = await guest(...args)
  await client.join()
  return client
}

const host = () => join('Host', {}, 'host')

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )

const isOpen = ({ readyState }: WebSocket): boolean => readyState === WebSocket.OPEN

test('prepare() and then join() open one socket; until then the room is not told, and the state does not change [R2.8, R2.11]', async () => {
  const others = await host()
  const { client, sockets, told } = await guest('Ada')
  const idle = client.state
  await client.prepare()
  await others.chat.send('anybody there?')
  expect(client.state).toBe(idle)
  expect(told).toEqual([])
  expect(others.state.participants.map(({ name }) => name)).toEqual(['Host'])

  await client.join()
  expect(sockets).toHaveLength(1)
  expect(client.state).toMatchObject({ status: 'joined', self: { name: 'Ada' } })
  await expect.poll(() => others.state.participants.map(({ name }) => name)).toEqual(['Host', 'Ada'])
  await client.chat.send('here I am')
  await client.chat.send('and still')
  await expect.poll(() => others.state.messages.map(({ text }) => text)).toContain('and still')
  expect(client.state.messages.map(({ text }) => text)).toEqual(['anybody there?', 'here I am', 'and still'])
  expect(told.slice(0, 2)).toEqual(['stateChanged', 'stateChanged'])
  expect(told).toContain('joined')
})

test('called again it gives the same promise, and opens no other socket; in the room it does nothing', async () => {
  const { client, sockets } = await guest('Ada')
  const first = client.prepare()
  expect(client.prepare()).toBe(first)
  await first
  expect(client.prepare()).toBe(first)
  await client.join()
  await client.prepare()
  expect(sockets).toHaveLength(1)
})

test('join() while prepare() is under way needs no second socket, and both are fulfilled', async () => {
  const held = house.server.faults.delay({ direction: 'down', type: 'held' })
  const { client, sockets } = await guest('Ada')
  const preparing = client.prepare()
  await held.happened()
  const joining = client.join()
  expect(client.state.status).toBe('joining')
  held.lift()
  await Promise.all([preparing, joining])
  expect(sockets).toHaveLength(1)

  const together = await guest('Bob')
  await Promise.all([together.client.prepare(), together.client.join()])
  expect(together.sockets).toHaveLength(1)
})

async function slowLine(ms: number): Promise<SlowLine> {
  const line = await SlowLine.to(await house.url(), ms)
  onTestFinished(() => line.close())
  return line
}

test('leave() lets go of what was prepared: nothing is told, and join() works after it', async () => {
  const { client, sockets, told } = await guest('Ada')
  await client.prepare()
  await client.leave()
  await expect.poll(() => sockets.some(isOpen)).toBe(false)
  expect(client.state.status).toBe('idle')
  expect(told).toEqual([])
  const preparing = codeOf(client.prepare())
  await client.leave()
  expect(await preparing).toBe('aborted')
  await client.join()
  expect(client.state.status).toBe('joined')
})

test('a signal lets go of it too, later as well; once join() was called it does nothing', async () => {
  const { client, sockets, told } = await guest('Ada')
  expect(await codeOf(client.prepare({ signal: AbortSignal.abort() }))).toBe('aborted')
  expect(sockets).toEqual([])
  const screens = [new AbortController(), new AbortController(), new AbortController()] as const
  // As StrictMode does: mounted, unmounted, and mounted again.
  const [first, second] = screens.map(({ signal }, i) => {
    const preparing = client.prepare({ signal })
    if (i < 2) screens[i]?.abort()
    return codeOf(preparing)
  })
  expect(await Promise.all([first, second])).toEqual(['aborted', 'aborted'])
  await client.prepare()
  expect(sockets).toHaveLength(1)
  screens[2].abort()
  await expect.poll(() => sockets.some(isOpen)).toBe(false)
  expect(told).toEqual([])

  const screen = new AbortController()
  await client.prepare({ signal: screen.signal })
  const joining = client.join()
  screen.abort()
  await joining
  expect(client.state.status).toBe('joined')
  expect(sockets).toHaveLength(2)
})

test('a token that is rejected rejects prepare() as it rejects join(), and the state does not show it', async () => {
  const { client, told } = await guest('Ada', { token: 'nonsense' })
  expect(await codeOf(client.prepare())).toBe('unauthorized')
  expect(client.state.status).toBe('idle')
  expect(told).toEqual([])
  expect(await codeOf(client.join())).toBe('unauthorized')
  expect(client.state).toMatchObject({ status: 'left', error: { code: 'unauthorized' } })
  const { client: wrong } = await guest('Ada', { room: 'no room' })
  expect(await codeOf(wrong.prepare())).toBe('invalid_options')
  expect(wrong.state.status).toBe('idle')
})

test('a room that is full or locked is for join() to learn, as it does without', async () => {
  await house.close()
  house = new RoomHouse({ auth: { secret: SECRET }, limits: { maxParticipants: 3 } })
  await house.url()
  const others = await host()
  const [ada, bob] = [await guest('Ada'), await guest('Bob')]
  await Promise.all([ada.client.prepare(), bob.client.prepare()])
  await others.moderation.lock()
  expect(await codeOf(ada.client.join())).toBe('room_locked')
  expect(ada.client.state).toMatchObject({ status: 'left', error: { code: 'room_locked' } })
  await others.moderation.unlock()
  for (const name of ['Carol', 'Dave']) await join(name)
  expect(await codeOf(bob.client.join())).toBe('room_full')
  expect([ada.sockets.length, bob.sockets.length]).toEqual([1, 1])
})

test.each([
  ['dies', () => house.server.faults.close()],
  ['ends with the token', () => house.server.faults.close({ code: 4401 })],
  ['ends at its time', () => house.server.faults.close({ code: 4408 })],
])('a held socket that %s is replaced without a word, and join() opens no other one', async (_what, end) => {
  const { client, sockets, told } = await guest('Ada')
  await client.prepare()
  end()
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2)
  await expect.poll(() => sockets[1]?.readyState, { timeout: 5000 }).toBe(WebSocket.OPEN)
  expect(told).toEqual([])
  await client.join()
  expect(sockets).toHaveLength(2)
})

test('join() in the moment in which the held socket dies opens another at once', async () => {
  const { client, sockets } = await guest('Ada')
  await client.prepare()
  house.server.faults.close()
  const joining = client.join()
  await joining
  expect(sockets).toHaveLength(2)
  expect(client.state.status).toBe('joined')
})

test('a held socket that is dead without knowing costs join() two seconds, and no more', async () => {
  const others = await host()
  const { client, sockets } = await guest('Ada')
  await client.prepare()
  const stall = house.server.faults.stall({ identity: 'Ada' })
  const began = performance.now()
  await client.join()
  expect(sockets).toHaveLength(2)
  expect(performance.now() - began).toBeGreaterThanOrEqual(1900)
  // What was held back arrives late: it is of a lower attempt, and changes nothing.
  stall.lift()
  await client.chat.send('still here')
  expect(client.state.status).toBe('joined')
  await expect.poll(() => others.state.messages).toHaveLength(1)
  expect(others.state.participants.map(({ name }) => name)).toEqual(['Host', 'Ada'])
})

test('after five minutes, an hour, and a server that was away meanwhile, join() works', async () => {
  const { client } = await guest('Ada')
  await client.prepare()
  await house.server.clock.advance(5 * 60_000 + 1)
  const outage = house.server.faults.offline()
  await house.server.clock.advance(55 * 60_000)
  outage.lift()
  await client.join()
  expect(client.state.status).toBe('joined')
})

test('a server that restarts meanwhile: join() works at the first try, and a draining one is not waited for', async () => {
  const options = { auth: { secret: SECRET }, logLevel: 'silent' } as const
  const before = createPeerstageServer(options)
  const { url, port } = await before.listen(0, '127.0.0.1')
  const token = () => before.tokens.sign({ room: 'test', identity: 'Ada' })
  const { client, sockets } = await guest('Ada', { url, token })
  await client.prepare()
  await before.close()
  const after = createPeerstageServer(options)
  await after.listen(port, '127.0.0.1')
  onTestFinished(() => after.close({ deadlineMs: 0 }))
  await client.join()
  expect(client.state.status).toBe('joined')
  expect(sockets.filter(isOpen)).toHaveLength(1)
  await client.leave()
})

test('a join() by what is held takes no live seat before it is confirmed, and none if it is given up [R2.9]', async () => {
  const others = await host()
  const phone = await join('Ada')
  await expect.poll(() => others.state.participants).toHaveLength(2)
  const told: string[] = []
  others.on('*', ({ name }) => told.push(name))
  const line = await slowLine(50)
  for (const wait of [0, 30, 90]) {
    const { client } = await guest('Ada', { url: line.url })
    await client.prepare()
    const joining = codeOf(client.join({ signal: AbortSignal.timeout(wait) }))
    expect(await joining).toBe('aborted')
  }
  await expect.poll(() => line.openCount).toBe(0)
  await phone.chat.send('still here')
  await expect.poll(() => others.state.messages).toHaveLength(1)
  expect(told.filter((name) => name.startsWith('participant') || name === 'presenceChanged')).toEqual([])

  const { client, sockets } = await guest('Ada', { url: line.url })
  await client.prepare()
  await client.join()
  await client.chat.send('here now')
  await expect.poll(() => phone.state).toMatchObject({ status: 'left', reason: 'superseded' })
  expect(sockets).toHaveLength(1)
  expect(client.state.messages.map(({ text }) => text)).toEqual(['still here', 'here now'])
})

test('a token that ends soon is renewed on the held socket, which lives on', async () => {
  const { client, sockets } = await guest('Ada')
  await client.prepare()
  const asked = house.server.faults.duplicate({ direction: 'down', type: 'reply' })
  house.server.faults.expireToken('Ada')
  await asked.happened()
  await house.server.clock.advance(60_000)
  await client.join()
  expect(sockets).toHaveLength(1)
})

test('as many are held as may be: prepare() is fulfilled, and join() goes its own way', async () => {
  const screens = [await guest('Ada'), await guest('Ada'), await guest('Ada')] as const
  await Promise.all(screens.map(({ client }) => client.prepare()))
  const last = screens.find(({ sockets }) => !sockets.some(isOpen)) ?? screens[2]
  await last.client.join()
  expect(last.client.state.status).toBe('joined')
  expect(last.sockets).toHaveLength(2)
})

test('a reloaded page that prepares and cancels keeps the session of the page before', async () => {
  const storage = new MemoryStorage()
  const loaded = async (): Promise<{ client: LiveStreamClient; page: ManualPage }> => {
    const page = new ManualPage(storage)
    const token = () => tokenOf('Ada')
    return { page, client: await house.client('Ada', { token }, { ...systemEnvironment, page: () => page }) }
  }
  const first = await loaded()
  await first.client.join()
  first.page.tell('hide')
  const [kept] = storage.entries.values()

  const second = await loaded()
  const cancel = new AbortController()
  await second.client.prepare({ signal: cancel.signal })
  cancel.abort()
  second.page.tell('hide')
  const keyIn = (text = '{}'): unknown => JSON.parse(text).key
  expect([...storage.entries.values()].map(keyIn)).toEqual([keyIn(kept)])
})
