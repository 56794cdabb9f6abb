import { expect, test } from 'vitest'
import { failingLog } from '../fakes/failing-log'
import { FakeClock } from '../fakes/fake-clock'
import { runServer } from '../gateway/running-server'

async function hostAndGuest() {
  const log = failingLog()
  const running = await runServer({ log })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await running.enter('hall', 'bob')
  await bob.welcome()
  return { ...running, log, host, hostId, bob }
}

const unavailable = { ok: false, error: { code: 'unavailable', retryable: true } }

test('while the log fails commands are unavailable and nothing of them is seen; then the room goes on', async () => {
  const { log, host, bob } = await hostAndGuest()
  log.broken = true
  expect(await host.ask({ type: 'chat.send', text: 'lost' })).toMatchObject(unavailable)
  log.broken = false
  expect(await host.ask({ type: 'chat.send', text: 'kept' })).toMatchObject({ ok: true })
  await bob.event('chat.sent')
  expect(bob.events('chat.sent').map((each) => each.logged.event)).toMatchObject([{ message: { text: 'kept' } }])
})

test('signals and casts go on while the log fails, in the same turn as commands that are lost', async () => {
  const { log, host, hostId, bob } = await hostAndGuest()
  log.broken = true
  host.say(
    { type: 'chat.send', id: 1, text: 'lost' },
    { type: 'cast', cast: { type: 'reaction', emoji: '👏' } },
    { type: 'chat.send', id: 2, text: 'lost too' },
  )
  expect(await bob.next('cast')).toMatchObject({ from: hostId })
  expect(await host.reply(1)).toMatchObject(unavailable)
  expect(await host.reply(2)).toMatchObject(unavailable)
  expect(bob.events('chat.sent')).toEqual([])
})

test('a join that cannot be kept is turned away for a moment', async () => {
  const { log, enter } = await hostAndGuest()
  log.broken = true
  const eve = await enter('hall', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'unavailable', close: 1013, retryAfterMs: 1000 })
  log.broken = false
  const again = await enter('hall', 'eve')
  expect((await again.welcome()).room?.participants).toHaveLength(3)
})

test('presence is true while the log fails', async () => {
  const { log, host, bob } = await hostAndGuest()
  log.broken = true
  bob.cut()
  expect(await host.next('presence')).toMatchObject({ presence: 'reconnecting' })
})

test('a leave that cannot be kept can be asked again', async () => {
  const { log, host, bob } = await hostAndGuest()
  log.broken = true
  expect(await bob.ask({ type: 'leave' })).toMatchObject(unavailable)
  log.broken = false
  expect(await bob.ask({ type: 'leave' })).toMatchObject({ ok: true })
  await host.event('participant.left')
})

test('a log that cannot be read makes a resume a snapshot', async () => {
  const { log, bob, enter } = await hostAndGuest()
  const { seq, instance } = await bob.welcome()
  const { session, page } = bob.hello
  log.broken = true
  const back = await enter('hall', 'bob', { session, page, attempt: 2, seq, instance })
  expect(await back.welcome()).toMatchObject({ resumed: false, room: { seq } })
})

test('a deadline that could not be kept is tried again', async () => {
  const clock = new FakeClock()
  const log = failingLog()
  const { enter } = await runServer({ log, clock })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await enter('hall', 'bob')
  await bob.welcome()
  bob.socket.close(1001)
  await host.next('presence')
  log.broken = true
  clock.advance(10_000)
  await host.ask({ type: 'moderation.lock' })
  log.broken = false
  clock.advance(1000)
  await host.event('participant.left')
})
