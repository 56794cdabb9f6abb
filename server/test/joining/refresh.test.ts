import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { secretBytes } from '../../src/auth/secret'
import type { PeerstageServerOptions } from '../../src/index'
import { FakeClock } from '../harness/fake-clock'
import { hangingLog } from '../harness/hanging-log'
import { passTime } from '../harness/passing-time'
import { runServer, SECRET } from '../harness/running-server'
import { handSigned, signedBy, signingPair, type Wanted } from '../harness/signing-keys'

/** A whole second, as the ends of tokens are: ms since the epoch. */
const START = 1_800_000_000_000

type Changes = { room?: string; identity?: string; role?: 'host' | 'viewer'; expiresInSeconds?: number }

/** Tokens whose ends the fake clock tells: those of `tokens.sign` go by the real one, which runs on meanwhile. */
async function hostWithToken(expiresInSeconds: number, auth: PeerstageServerOptions['auth'] = { secret: SECRET }) {
  const clock = new FakeClock(START)
  const running = await runServer({ clock, auth })
  const sign = ({ room = 'hall', identity = 'ada', role = 'host', expiresInSeconds = 3600 }: Changes = {}) =>
    new SignJWT({ room, sub: identity, role, name: identity })
      .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
      .setAudience('peerstage')
      .setExpirationTime(clock.now() / 1000 + expiresInSeconds)
      .sign(secretBytes(SECRET))
  const host = running.connect('hall', { token: await sign({ expiresInSeconds }) })
  const { self } = await host.welcome()
  return { ...running, clock, host, self, sign }
}

test('a fresh token is asked for a minute ahead; without one the connection ends 30 s behind its end [R6.7]', async () => {
  const { clock, host } = await hostWithToken(600)
  await passTime(clock, 530_000, host)
  expect(host.received.some((m) => m.type === 'session.refreshNeeded')).toBe(false)
  await passTime(clock, 10_000, host)
  const { expiresAt } = await host.next('session.refreshNeeded')
  await passTime(clock, expiresAt + 29_000 - clock.now(), host)
  clock.advance(1000)
  expect(await host.goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
})

test('a session goes on with a fresh token [R6.7]', async () => {
  const { clock, host, sign } = await hostWithToken(60)
  const token = await sign({ expiresInSeconds: 3600 })
  expect(await host.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  await passTime(clock, 120_000, host)
  expect(await host.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('a token function that gives the same token again is asked once, and the session ends with that token', async () => {
  const { clock, host, sign } = await hostWithToken(600)
  await passTime(clock, 545_000, host)
  const { expiresAt } = await host.next('session.refreshNeeded')
  const cached = await sign({ expiresInSeconds: (expiresAt - clock.now()) / 1000 })
  expect(await host.ask({ type: 'session.refresh', token: cached })).toMatchObject({ ok: true })
  await passTime(clock, 80_000, host)
  expect(host.received.filter((m) => m.type === 'session.refreshNeeded')).toHaveLength(1)
  clock.advance(10_000)
  expect(await host.goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
})

test('a token that hardly lives is asked for again after 5 s, not sooner', async () => {
  const { clock, host, sign } = await hostWithToken(60)
  const token = await sign({ expiresInSeconds: 61 })
  await passTime(clock, 59_000, host)
  const asked = () => host.received.filter((m) => m.type === 'session.refreshNeeded').length
  expect(asked()).toBe(1)
  expect(await host.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  await passTime(clock, 4999, host)
  expect(asked()).toBe(1)
  await passTime(clock, 1, host)
  expect(asked()).toBe(2)
})

test('a refresh lowers, never raises: lower is lower at once [R5.6]', async () => {
  const { host, self, sign } = await hostWithToken(600)
  expect(await host.ask({ type: 'session.refresh', token: await sign({ role: 'viewer' }) })).toMatchObject({ ok: true })
  expect((await host.event('participant.roleChanged')).logged.event).toMatchObject({
    participantId: self,
    role: 'viewer',
    reason: 'token',
  })
})

test('a refresh lowers, never raises: higher stays as it was [R5.6]', async () => {
  const { connect, sign, server } = await hostWithToken(600)
  const bob = connect('hall', { token: await sign({ identity: 'bob', role: 'viewer' }) })
  await bob.welcome()
  const token = await sign({ identity: 'bob', role: 'host' })
  expect(await bob.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  expect(server.rooms.stats('hall')?.participants).toEqual({ host: 1, cohost: 0, guest: 0, viewer: 1 })
})

test.each(['EdDSA', 'ES256', 'RS256'] as const)(
  'a session goes on with a token by another key: %s after HS256; it lowers, never raises, and is for the same identity and room [R5.6]',
  async (alg) => {
    const pair = signingPair(alg, 'own')
    const keys = [{ secret: SECRET, kid: 'shared' }, { publicKey: pair.jwk }]
    const { host, server, clock } = await hostWithToken(60, { keys })
    const exp = clock.now() / 1000 + 3600
    const renew = async (wanted: Partial<Wanted>) =>
      host.ask({ type: 'session.refresh', token: await signedBy(pair, { exp, ...wanted }) })
    const rejected = { ok: false, error: { code: 'unauthorized' } }
    expect(await renew({ sub: 'eve' })).toMatchObject(rejected)
    expect(await renew({ room: 'other' })).toMatchObject(rejected)
    expect(await renew({ kid: 'shared' })).toMatchObject(rejected)
    expect(await renew({ role: 'guest' })).toMatchObject({ ok: true })
    expect(await renew({ role: 'host' })).toMatchObject({ ok: true })
    expect(server.rooms.stats('hall')?.participants).toEqual({ host: 0, cohost: 0, guest: 1, viewer: 0 })
    await passTime(clock, 120_000, host)
    expect(await host.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
  },
)

test('a refresh changes neither identity nor room [R5.6]', async () => {
  const { host, sign } = await hostWithToken(600)
  const rejected = { ok: false, error: { code: 'unauthorized' } }
  for (const token of [await sign({ identity: 'eve' }), await sign({ room: 'other' }), 'nonsense']) {
    expect(await host.ask({ type: 'session.refresh', token })).toMatchObject(rejected)
  }
  expect(await host.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('nothing is said of a token before the welcome, however long a log keeps its bearer waiting', async () => {
  const clock = new FakeClock(START)
  const disk = hangingLog()
  const { connect } = await runServer({ clock, log: disk.log })
  disk.hang()
  const exp = clock.now() / 1000 + 20
  const ada = connect('hall', { token: await handSigned(secretBytes(SECRET), { alg: 'HS256', exp }) })
  await expect.poll(() => disk.hanging).toBe(1)
  clock.advance(17_000)
  disk.goOn()
  await ada.welcome()
  clock.advance(3000)
  await ada.next('session.refreshNeeded')
  expect(ada.received[0]?.type).toBe('welcome')
})
