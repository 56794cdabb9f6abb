import { expect, test } from 'vitest'
import { memoryLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { FakeClock } from '../harness/fake-clock'
import { goingOn } from '../harness/restartable-server'
import { runServer } from '../harness/running-server'

test('where another process has written a room meanwhile, everybody comes again, to the room as the log has it [R3.11]', async () => {
  const clock = new FakeClock()
  const log = memoryLog(clock)
  const here = await runServer({ log, clock })
  const host = await here.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await here.enter('hall', 'bob')
  await bob.welcome()
  await host.event('participant.joined')
  const there = await runServer({ log, clock })
  const stray = await there.enter('hall', 'eve')
  await stray.welcome()

  expect(await host.ask({ type: 'chat.send', text: 'never kept' })).toMatchObject({
    ok: false,
    error: { code: 'unavailable', retryable: true },
  })
  for (const client of [host, bob]) expect(await client.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  const back = here.connect('hall', { token: host.hello.token, ...(await goingOn(host)) })
  const { events, resumed } = await back.welcome()
  expect(resumed).toBe(true)
  expect(events?.map(({ event }) => event)).toMatchObject([
    { type: 'participant.joined', participant: { name: 'eve' } },
  ])
  expect(await back.ask({ type: 'chat.send', text: 'kept' })).toMatchObject({ ok: true })
  expect(await (await fetch(`${here.url}/readyz`)).json()).toEqual({ status: 'ready' })
})

test('a log that fails in an unknown way has the room loaded anew: what it holds now is not known either', async () => {
  const log = memoryLog()
  let isOdd = false
  const odd = alteredLog(log, {
    append: async (turn) => {
      await log.append(turn)
      if (isOdd) throw new TypeError('broken by a test')
    },
  })
  const { enter, connect } = await runServer({ log: odd })
  const host = await enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  isOdd = true
  host.say({ type: 'chat.send', id: 1, text: 'kept, though it does not seem so' })
  expect(await host.goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  isOdd = false
  const back = connect('hall', { token: host.hello.token, ...(await goingOn(host)) })
  expect((await back.welcome()).events).toHaveLength(1)
  expect(await back.ask({ type: 'chat.send', text: 'kept, though it does not seem so' }, 1)).toMatchObject({ ok: true })
  expect(back.events('chat.sent')).toEqual([])
})
