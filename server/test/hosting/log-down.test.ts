import { expect, test } from 'vitest'
import { PROBE_EVERY_MS } from '../../src/hosting/log-health'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { runServer } from '../harness/running-server'
import { scrape } from '../harness/scrape'

async function hostAndGuest() {
  const clock = new FakeClock()
  const log = failingLog()
  const lines: string[] = []
  const note = (level: string) => (_: object, message: string) => void lines.push(`${level}: ${message}`)
  const logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const running = await runServer({ log, clock, logger })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await running.enter('hall', 'bob')
  await bob.welcome()
  const mend = () => {
    log.broken = false
    clock.advance(PROBE_EVERY_MS)
  }
  const told = () => lines.filter((line) => line.includes('the log'))
  return { ...running, log, clock, host, hostId, bob, mend, told }
}

const unavailable = { ok: false, error: { code: 'unavailable', retryable: true, retryAfterMs: PROBE_EVERY_MS } }

test('while the log is down commands are unavailable and nothing of them is seen; then the room goes on [R3.1, R3.12]', async () => {
  const { log, host, bob, mend } = await hostAndGuest()
  log.broken = true
  expect(await host.ask({ type: 'chat.send', text: 'lost' })).toMatchObject(unavailable)
  mend()
  expect(await host.ask({ type: 'chat.send', text: 'kept' })).toMatchObject({ ok: true })
  await bob.event('chat.sent')
  expect(bob.events('chat.sent').map((each) => each.logged.event)).toMatchObject([{ message: { text: 'kept' } }])
})

test('a leave and a refresh that lowers are counted as commands that were unavailable', async () => {
  const { url, server, log, host, bob } = await hostAndGuest()
  const outcomes = (outcome: string) =>
    Promise.all(
      ['leave', 'session.refresh'].map((type) =>
        scrape(url, `peerstage_commands_total{type="${type}",outcome="${outcome}"}`),
      ),
    )
  const token = await server.tokens.sign({ room: 'hall', identity: 'ada', role: 'viewer' })
  log.broken = true
  expect(await bob.ask({ type: 'leave' })).toMatchObject(unavailable)
  expect(await host.ask({ type: 'session.refresh', token })).toMatchObject(unavailable)
  expect(await outcomes('unavailable')).toEqual([1, 1])
  expect(await outcomes('ok')).toEqual([0, 0])
})

test('it is not tried before a probe has succeeded, and each outage is told of when it begins and when it ends [R3.12]', async () => {
  const { log, clock, host, mend, told } = await hostAndGuest()
  log.broken = true
  await host.ask({ type: 'chat.send', text: 'one' })
  await host.ask({ type: 'chat.send', text: 'two' })
  clock.advance(PROBE_EVERY_MS)
  log.broken = false
  expect(await host.ask({ type: 'chat.send', text: 'three' })).toMatchObject(unavailable)
  mend()
  expect(await host.ask({ type: 'chat.send', text: 'four' })).toMatchObject({ ok: true })
  expect(told()).toEqual([
    'error: the log is down: nothing is kept until it is there again',
    'info: the log is up again',
  ])
})

test('the server is alive meanwhile, but not ready, and metrics say why', async () => {
  const { url, log, host, mend } = await hostAndGuest()
  const readiness = async () => {
    const response = await fetch(`${url}/readyz`)
    return [response.status, await response.json()]
  }
  expect(await readiness()).toEqual([200, { status: 'ready' }])
  log.broken = true
  await host.ask({ type: 'moderation.lock' })
  expect(await readiness()).toEqual([503, { status: 'log_down' }])
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect(await scrape(url, 'peerstage_log_up')).toBe(0)
  mend()
  await host.roundTrip()
  expect(await readiness()).toEqual([200, { status: 'ready' }])
  expect(await scrape(url, 'peerstage_log_up')).toBe(1)
})

test('signals and casts go on while the log is down, in the same batch as commands that are lost [R3.12]', async () => {
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

test('a join that cannot be kept is rejected for a moment [R3.12]', async () => {
  const { log, enter, mend } = await hostAndGuest()
  log.broken = true
  const eve = await enter('hall', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'unavailable', close: 1013, retryAfterMs: PROBE_EVERY_MS })
  mend()
  const again = await enter('hall', 'eve')
  expect((await again.welcome()).room?.participants).toHaveLength(3)
})

test('so is a client that joins a room that cannot be loaded; the next one loads it', async () => {
  const { log, enter, mend } = await hostAndGuest()
  log.broken = true
  const eve = await enter('elsewhere', 'eve')
  expect(await eve.goodbye()).toMatchObject({ code: 'unavailable', close: 1013, retryAfterMs: PROBE_EVERY_MS })
  mend()
  await (await enter('elsewhere', 'eve')).welcome()
})

test('a resume survives the batch of a join that is lost [R3.12]', async () => {
  const { log, host, bob, enter } = await hostAndGuest()
  const { seq, instance } = await bob.welcome()
  bob.cut()
  await host.next('presence')
  log.broken = true
  const { session, joinId } = bob.hello
  const [eve, back] = await Promise.all([
    enter('hall', 'eve'),
    enter('hall', 'bob', { session, joinId, attempt: 2, seq, instance }),
  ])
  expect(await eve.goodbye()).toMatchObject({ code: 'unavailable' })
  await back.welcome()
  await host.until((m) => m.type === 'presence' && m.presence === 'connected')
})

test('what is asked again while the log is down gets its first answer, for that writes nothing [R3.6]', async () => {
  const { log, host } = await hostAndGuest()
  const first = await host.ask({ type: 'chat.send', text: 'once' }, 7)
  log.broken = true
  host.received.length = 0
  host.say({ type: 'chat.send', id: 8, text: 'lost' }, { type: 'chat.send', id: 7, text: 'once' })
  expect(await host.reply(7)).toEqual(first)
  expect(await host.reply(8)).toMatchObject(unavailable)
})

test('presence is true while the log is down', async () => {
  const { log, host, bob } = await hostAndGuest()
  log.broken = true
  bob.cut()
  expect(await host.next('presence')).toMatchObject({ presence: 'reconnecting' })
})

test('a leave that cannot be kept can be asked again', async () => {
  const { log, host, bob, mend } = await hostAndGuest()
  log.broken = true
  expect(await bob.ask({ type: 'leave' })).toMatchObject(unavailable)
  mend()
  expect(await bob.ask({ type: 'leave' })).toMatchObject({ ok: true })
  await host.event('participant.left')
})

test('a log that cannot be read makes a resume a snapshot', async () => {
  const { log, bob, enter } = await hostAndGuest()
  const { seq, instance } = await bob.welcome()
  const { session, joinId } = bob.hello
  log.broken = true
  const back = await enter('hall', 'bob', { session, joinId, attempt: 2, seq, instance })
  expect(await back.welcome()).toMatchObject({ resumed: false, room: { seq } })
})

test('a deadline that could not be kept is tried again', async () => {
  const { log, clock, host, bob, mend } = await hostAndGuest()
  bob.socket.close(1001)
  await host.next('presence')
  log.broken = true
  clock.advance(10_000)
  await host.ask({ type: 'moderation.lock' })
  mend()
  await host.roundTrip()
  clock.advance(1000)
  await host.event('participant.left')
})
