import { expect, test } from 'vitest'
import type { PeerstageServerOptions } from '../../src/index'
import { capturedLog } from '../harness/captured-log'
import { FakeClock } from '../harness/fake-clock'
import { jwksEndpoint } from '../harness/jwks-endpoint'
import { passTime } from '../harness/passing-time'
import { runServer, SECRET } from '../harness/running-server'
import { handSigned, signedBy, signingPair } from '../harness/signing-keys'
import type { TestClient } from '../harness/test-client'

const HOUR_MS = 3_600_000
const TEN_MINUTES = 600

/** A server that came up with its clock off by so much, and was set right once a client had joined. Tokens are those of a backend that was right all along. */
async function setRight(offMs: number, options: Partial<PeerstageServerOptions> = {}) {
  const clock = new FakeClock(Date.now() + offMs)
  const captured = capturedLog()
  const running = await runServer({ clock, logger: captured.logger, ...options })
  const token = (sub: string, seconds = TEN_MINUTES) =>
    handSigned(Buffer.from(SECRET), { alg: 'HS256', sub, exp: Math.floor((clock.wall() - off()) / 1000) + seconds })
  let offNow = offMs
  const off = () => offNow
  const early = running.connect('hall', { token: await token('early', 5 * 3600) })
  await early.welcome()
  clock.setWall(-offMs)
  offNow = 0
  const enter = async (sub: string, seconds?: number) => running.connect('hall', { token: await token(sub, seconds) })
  return { ...running, clock, captured, early, token, enter }
}

test('a fresh token holds as soon as a clock that was an hour ahead is set right, and so does a refresh [R6.11]', async () => {
  const { enter, token } = await setRight(HOUR_MS)
  const ada = await enter('ada')
  await ada.welcome()
  const fresh = await token('ada')
  expect(await ada.ask({ type: 'session.refresh', token: fresh })).toMatchObject({ ok: true })
})

test('a token ends when the clock shows its end, though that was set back after the token had come [R6.11]', async () => {
  const { enter, clock } = await setRight(HOUR_MS)
  const ada = await enter('ada')
  await ada.welcome()
  await passTime(clock, 500_000, ada)
  expect(ada.received.some(({ type }) => type === 'session.refreshNeeded')).toBe(false)
  clock.setWall(-300_000)
  await passTime(clock, 300_000, ada)
  expect(ada.received.some(({ type }) => type === 'session.refreshNeeded')).toBe(false)
  await passTime(clock, 60_000, ada)
  await ada.next('session.refreshNeeded')
})

test('a token whose end the clock was set past is asked for anew within a minute, and its connection ends [R6.11]', async () => {
  const { enter, clock } = await setRight(HOUR_MS)
  const ada = await enter('ada')
  await ada.welcome()
  clock.setWall(HOUR_MS)
  await passTime(clock, 59_999, ada)
  clock.advance(1)
  await ada.next('session.refreshNeeded')
  await passTime(clock, 29_999, ada)
  clock.advance(1)
  expect(await ada.goodbye()).toMatchObject({ code: 'unauthorized' })
})

test('a TURN password ends by the clock as it is now, not as it was before it was set [R7.14]', async () => {
  const turn = { urls: 'turn:turn.example.com', secret: 'shared with coturn, and long enough' }
  const { enter, clock } = await setRight(HOUR_MS, { turn, iceServers: [] })
  const { iceServers } = await (await enter('ada')).welcome()
  const endsAt = Number(iceServers[0]?.username?.split(':')[0])
  expect(endsAt).toBe(Math.floor(clock.wall() / 1000) + 3600)
})

test.each([-HOUR_MS, HOUR_MS])('a clock that leaps by %d ms has one line, with both times', async (byMs) => {
  const { enter, clock, captured } = await setRight(-byMs)
  await (await enter('ada')).welcome()
  await (await enter('bob')).welcome()
  const told = captured.lines().filter((line) => 'byMs' in line)
  expect(told).toMatchObject([{ level: 40, byMs }])
  const [from, to] = [told[0]?.from, told[0]?.to].map((iso) => Date.parse(String(iso)))
  expect([(to ?? 0) - (from ?? 0), to]).toEqual([byMs, clock.wall()])
})

test('a clock that is corrected by seconds has no line', async () => {
  const { enter, captured } = await setRight(5000)
  await (await enter('ada')).welcome()
  expect(captured.lines().filter((line) => 'byMs' in line)).toEqual([])
})

test.each([-HOUR_MS, HOUR_MS])(
  'no participant is gone sooner or later for a clock that is set by %d ms [R4.2, R6.11]',
  async (byMs) => {
    const { enter, clock, early } = await setRight(0)
    const ada = await enter('ada', 5 * 3600)
    await ada.welcome()
    ada.cut()
    await early.next('presence')
    clock.setWall(byMs)
    await passTime(clock, 59_999, early)
    expect(early.events('participant.left')).toEqual([])
    clock.advance(1)
    expect((await early.event('participant.left')).logged.event).toMatchObject({ reason: 'lost' })
  },
)

const lastRejection = async (client: TestClient) => (await client.goodbye()).code

test('an unknown kid is looked up half a minute after the last reading, though the clock was set back meanwhile [R6.6]', async () => {
  const [a, b] = [signingPair('EdDSA', 'a'), signingPair('EdDSA', 'b')]
  const endpoint = await jwksEndpoint(a)
  const clock = new FakeClock(Date.now() + HOUR_MS)
  const { connect } = await runServer({ auth: { jwksUrl: endpoint.url }, clock })
  const enter = async (pair: typeof a) =>
    connect('hall', { token: await signedBy(pair, { exp: Math.floor(clock.wall() / 1000) + 2 * 3600 }) })
  const ada = await enter(a)
  await ada.welcome()
  clock.setWall(-HOUR_MS)
  endpoint.publish(a, b)
  expect(await lastRejection(await enter(b))).toBe('unauthorized')
  await passTime(clock, 30_000, ada)
  await (await enter(b)).welcome()
})
