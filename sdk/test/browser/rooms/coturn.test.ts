// What the coturn of docs/deployment.md refuses, and how long its passwords hold.
import { createHmac } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { startCoturn, TURN_SECRET } from '../../harness/browser/coturn'
import { TurnClient, type TurnUser } from '../../harness/browser/turn-client'

const UNAUTHORIZED = 401
const FORBIDDEN_ADDRESS = 403
const QUOTA_REACHED = 486

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function coturn(change: Record<string, string> = {}) {
  const turn = await startCoturn(change)
  opened.push(() => turn.stop())
  return async (user: TurnUser) => {
    const client = await TurnClient.connect(turn.address, user)
    opened.push(() => client.close())
    return client
  }
}

function userFor(seconds: number, id = 'ada'): TurnUser {
  const username = `${Math.floor(Date.now() / 1000) + seconds}:${id}`
  return { username, credential: createHmac('sha1', TURN_SECRET).update(username).digest('base64') }
}

test('it relays to the world, and to no address in its own network', async () => {
  const connect = await coturn()
  const ada = await connect(userFor(60))
  expect(await ada.allocate()).toBe(0)
  expect(await ada.permit('198.51.100.7')).toBe(0)
  const own = ['0.0.0.1', '10.1.2.3', '100.64.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1']
  for (const ip of own) expect([ip, await ada.permit(ip)]).toEqual([ip, FORBIDDEN_ADDRESS])
})

test('a password that was made up, or whose end was changed, gets no relay', async () => {
  const connect = await coturn()
  const { username, credential } = userFor(-1)
  const later = username.replace(/^\d+/, (seconds) => String(Number(seconds) + 3600))
  for (const user of [
    { username, credential },
    { username: later, credential },
    { username: later, credential: 'guessed' },
  ])
    expect(await (await connect(user)).allocate()).toBe(UNAUTHORIZED)
})

test('an expired password gets no relay; the relay that it got before goes on', async () => {
  const connect = await coturn()
  const user = userFor(2)
  const ada = await connect(user)
  expect(await ada.allocate()).toBe(0)
  await expect.poll(async () => (await connect(user)).allocate(), { interval: 200 }).toBe(UNAUTHORIZED)
  expect(await ada.refresh()).toBe(0)
  expect(await ada.permit('198.51.100.7')).toBe(0)
})

test('a session has so many relays and no more, whatever password it shows; others have theirs', async () => {
  const connect = await coturn({ 'user-quota': '2' })
  const ask = async (user: TurnUser) => (await connect(user)).allocate()
  expect([await ask(userFor(60)), await ask(userFor(61)), await ask(userFor(62))]).toEqual([0, 0, QUOTA_REACHED])
  expect(await ask(userFor(60, 'ben'))).toBe(0)
})

test('all sessions together have so many and no more', async () => {
  const connect = await coturn({ 'total-quota': '2' })
  const ask = async (id: string) => (await connect(userFor(60, id))).allocate()
  expect([await ask('ada'), await ask('ben'), await ask('cy')]).toEqual([0, 0, QUOTA_REACHED])
})
