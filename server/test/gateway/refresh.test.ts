import { expect, test } from 'vitest'
import { FakeClock } from '../fakes/fake-clock'
import { passTime } from './passing-time'
import { runServer } from './running-server'

async function hostWithToken(expiresInSeconds: number) {
  const clock = new FakeClock()
  const running = await runServer({ clock })
  const host = await running.enter('hall', 'ada', { role: 'host', expiresInSeconds })
  const { self } = await host.welcome()
  const sign = (changes = {}) =>
    running.server.tokens.sign({ room: 'hall', identity: 'ada', role: 'host', name: 'ada', ...changes })
  return { ...running, clock, host, self, sign }
}

test('a fresh token is asked for a minute ahead; without one the connection ends 30 s behind its end', async () => {
  const { clock, host } = await hostWithToken(600)
  await passTime(clock, 530_000, host)
  expect(host.received.some((m) => m.type === 'session.refreshNeeded')).toBe(false)
  await passTime(clock, 10_000, host)
  const { expiresAt } = await host.next('session.refreshNeeded')
  await passTime(clock, expiresAt + 29_000 - clock.now(), host)
  clock.advance(1000)
  expect(await host.goodbye()).toMatchObject({ code: 'unauthorized', close: 4401 })
})

test('a session goes on with a fresh token', async () => {
  const { clock, host, sign } = await hostWithToken(60)
  const token = await sign({ expiresInSeconds: 3600 })
  expect(await host.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  await passTime(clock, 120_000, host)
  expect(await host.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('a refresh lowers the role', async () => {
  const { host, self, sign } = await hostWithToken(600)
  expect(await host.ask({ type: 'session.refresh', token: await sign({ role: 'viewer' }) })).toMatchObject({ ok: true })
  expect((await host.event('participant.roleChanged')).logged.event).toMatchObject({
    participantId: self,
    role: 'viewer',
    reason: 'token',
  })
})

test('a refresh never raises the role', async () => {
  const { enter, sign, server } = await hostWithToken(600)
  const bob = await enter('hall', 'bob', { role: 'viewer' })
  await bob.welcome()
  const token = await sign({ identity: 'bob', role: 'host' })
  expect(await bob.ask({ type: 'session.refresh', token })).toMatchObject({ ok: true })
  expect(server.rooms.stats('hall')?.participants).toEqual({ host: 1, cohost: 0, guest: 0, viewer: 1 })
})

test('a refresh changes neither identity nor room', async () => {
  const { host, sign } = await hostWithToken(600)
  const refused = { ok: false, error: { code: 'unauthorized' } }
  for (const token of [await sign({ identity: 'eve' }), await sign({ room: 'other' }), 'nonsense']) {
    expect(await host.ask({ type: 'session.refresh', token })).toMatchObject(refused)
  }
  expect(await host.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})
