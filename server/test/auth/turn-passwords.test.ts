import { createHmac } from 'node:crypto'
import type { IceServer } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import { turnCredentials } from '../../src/gateway/session/ice-servers'
import { capturedLog } from '../harness/captured-log'
import { FakeClock } from '../harness/fake-clock'
import { passTime } from '../harness/passing-time'
import { runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

/** A whole second: ms since the epoch. Near the real time, because tokens are signed by it. */
const START = Math.floor(Date.now() / 1000) * 1000
const STUN = { urls: 'stun:turn.example.com' }
const TURN = {
  urls: ['turn:turn.example.com', 'turns:turn.example.com'],
  secret: 'shared with coturn, and long enough',
}
const A_DAY = 24 * 3600

async function serverWithTurn(ttlSeconds = 3600) {
  const clock = new FakeClock(START)
  const captured = capturedLog()
  const turn = { ...TURN, ttlSeconds }
  const running = await runServer({ clock, iceServers: [STUN], turn, logger: captured.logger })
  const enter = (identity: string, more = {}) =>
    running.enter('hall', identity, { role: 'host', expiresInSeconds: A_DAY, ...more })
  return { ...running, clock, captured, enter }
}

/** The password of the one TURN server among them, and what its name says. */
function passwordIn(servers: readonly IceServer[] = []) {
  const [stun, { urls, username = '', credential } = { urls: '' }, ...more] = servers
  expect([stun, urls, ...more]).toEqual([STUN, TURN.urls])
  const [expiresAt, id] = username.split(':')
  return { username, credential, expiresAt: Number(expiresAt) * 1000, id }
}

const refreshed = (client: TestClient) =>
  client.received.flatMap((message) => (message.type === 'iceServers' ? [passwordIn(message.iceServers)] : []))

test('a password is the one that coturn computes from the name, and the name says when it ends', () => {
  const made = turnCredentials({ secret: 'north', ttlSeconds: 3600 }, 'ada', 1_800_000_000_999)
  const username = '1800003600:ada'
  expect(made).toEqual({ username, credential: createHmac('sha1', 'north').update(username).digest('base64') })
  // By `echo -n 1800003600:ada | openssl dgst -sha1 -hmac north -binary | base64`.
  expect(made.credential).toBe('W1s07OdwyWA8GnZB8/R4JsxaP/I=')
})

test('each session gets a TURN password of its own for an hour, beside the other servers [R7.14]', async () => {
  const { enter } = await serverWithTurn()
  const [ada, bob] = [await enter('ada'), await enter('bob')]
  const of = async (client: TestClient) => passwordIn((await client.welcome()).iceServers)
  const [first, second] = [await of(ada), await of(bob)]
  expect([first.expiresAt, second.expiresAt]).toEqual([START + 3_600_000, START + 3_600_000])
  expect(first.id).toMatch(/^[0-9a-f]{16}$/)
  expect(second.id).not.toBe(first.id)
})

test('a fresh one comes when four fifths of its time are over, again and again, for the same session [R7.14]', async () => {
  const { enter, clock } = await serverWithTurn(300)
  const ada = await enter('ada')
  const first = passwordIn((await ada.welcome()).iceServers)
  await passTime(clock, 239_999, ada)
  expect(refreshed(ada)).toEqual([])
  await passTime(clock, 1, ada)
  expect(refreshed(ada)).toMatchObject([{ id: first.id, expiresAt: START + 240_000 + 300_000 }])
  await passTime(clock, 240_000, ada)
  expect(refreshed(ada)).toMatchObject([{}, { id: first.id, expiresAt: START + 2 * 240_000 + 300_000 }])
})

test('a prejoin screen gets one too, and a participant that joins from it another [R7.14]', async () => {
  const { enter, clock } = await serverWithTurn(100)
  const ada = await enter('ada', { intent: 'hold' })
  expect(passwordIn((await ada.next('held')).iceServers).expiresAt).toBe(START + 100_000)
  await passTime(clock, 40_000, ada)
  await ada.ask({ type: 'join' })
  expect(passwordIn((await ada.welcome()).iceServers).expiresAt).toBe(START + 140_000)
  await passTime(clock, 79_999, ada)
  expect(refreshed(ada)).toEqual([])
  await passTime(clock, 1, ada)
  expect(refreshed(ada)).toMatchObject([{ expiresAt: START + 220_000 }])
})

test('the last connection takes the timer along; one that comes back has a fresh password in its welcome [R7.8]', async () => {
  const { enter, clock } = await serverWithTurn()
  const ada = await enter('ada')
  const { expiresAt, id } = passwordIn((await ada.welcome()).iceServers)
  const { session } = ada.hello
  await ada.ask({ type: 'leave' })
  await ada.closed
  // The room's own stays: it closes after a minute without participants.
  await expect.poll(() => clock.pending).toEqual([60_000])
  clock.advance(30_000)
  const back = await enter('ada', { session })
  expect(passwordIn((await back.welcome()).iceServers)).toMatchObject({ id, expiresAt: expiresAt + 30_000 })
})

test('neither the key nor a password is in any line of the log, and the key is in no message [R7.12]', async () => {
  const { enter, clock, captured } = await serverWithTurn(10)
  const ada = await enter('ada')
  const { credential = '', id = '' } = passwordIn((await ada.welcome()).iceServers)
  await passTime(clock, 60_000, ada)
  ada.raw('[{"type":"nonsense"}]')
  ada.raw('nonsense')
  await ada.closed
  expect(refreshed(ada).length).toBeGreaterThan(5)
  for (const secret of [TURN.secret, credential, ...refreshed(ada).map((each) => each.credential ?? '')]) {
    expect(secret).not.toBe('')
    expect(captured.text()).not.toContain(secret)
  }
  expect(JSON.stringify(ada.received)).not.toContain(TURN.secret)
  // By which the lines of coturn's log and of ours are brought together.
  expect(captured.lines().find(({ msg }) => msg === 'a connection was verified')).toMatchObject({ sessionId: id })
})
