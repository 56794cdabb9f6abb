import { expect, test } from 'vitest'
import { runServer } from '../harness/running-server'
import { newSession } from '../harness/test-client'

test('one identity, one live session: another session takes the place, and the first one hears it [R2.5]', async () => {
  const { enter } = await runServer()
  const phone = await enter('hall', 'ada', { role: 'host' })
  const { self } = await phone.welcome()
  const laptop = await enter('hall', 'ada', { role: 'host' })
  const welcome = await laptop.welcome()
  expect(welcome.self).toBe(self)
  expect(welcome.room?.participants).toHaveLength(1)
  expect(await phone.goodbye()).toMatchObject({ code: 'superseded', close: 4409 })
})

test('one identity, one live session by the policy reject: the second is rejected, the first one stays [R2.5]', async () => {
  const { enter } = await runServer({ duplicateSessions: 'reject' })
  const phone = await enter('hall', 'ada', { role: 'host' })
  await phone.welcome()
  const laptop = await enter('hall', 'ada', { role: 'host' })
  expect(await laptop.goodbye()).toMatchObject({ code: 'superseded' })
  expect(await phone.ask({ type: 'chat.send', text: 'still here' })).toMatchObject({ ok: true })
})

test('a reload is the same participant on a new page: it returns, none joins or leaves [R2.4]', async () => {
  const { enter } = await runServer()
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const session = newSession()
  const before = await enter('hall', 'bob', { session })
  const { self } = await before.welcome()
  before.socket.close(1001)
  const after = await enter('hall', 'bob', { session, attempt: 2 })
  expect(await after.welcome()).toMatchObject({ self, resumed: false })
  expect((await host.event('participant.returned')).logged.event).toMatchObject({ participantId: self })
  expect(host.events().map((each) => each.logged.event.type)).toEqual(['participant.joined', 'participant.returned'])
})

test('within a session the newer attempt wins: the older socket is closed [R2.6]', async () => {
  const { enter } = await runServer()
  const session = newSession()
  const joinId = 'the-same-joinId'
  const first = await enter('hall', 'ada', { role: 'host', session, joinId, attempt: 1 })
  const { self } = await first.welcome()
  const second = await enter('hall', 'ada', { role: 'host', session, joinId, attempt: 2 })
  expect((await second.welcome()).self).toBe(self)
  expect(await first.goodbye()).toMatchObject({ code: 'superseded' })
})

test('an attempt that arrives late is rejected, and harms the newer one not at all [R2.6]', async () => {
  const { enter } = await runServer()
  const session = newSession()
  const joinId = 'the-same-joinId'
  const newer = await enter('hall', 'ada', { role: 'host', session, joinId, attempt: 5 })
  await newer.welcome()
  const late = await enter('hall', 'ada', { role: 'host', session, joinId: 'an-older-page', attempt: 4 })
  expect(await late.goodbye()).toMatchObject({ code: 'superseded' })
  expect(await newer.ask({ type: 'chat.send', text: 'undisturbed' })).toMatchObject({ ok: true })
  expect(newer.events('participant.returned')).toEqual([])
})
