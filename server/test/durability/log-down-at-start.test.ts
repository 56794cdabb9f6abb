import { expect, test } from 'vitest'
import { LogUnavailable, memoryLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { goingOn, RestartableServer } from '../harness/restartable-server'
import { scrape } from '../harness/scrape'

/** The first try at the start has failed by then. */
const PAUSE_MS = 5000

async function houseWithARoom(clock = new FakeClock()) {
  const log = memoryLog(clock)
  const disk = failingLog(log)
  const house = new RestartableServer({ open: () => disk, release: async () => {} }, { clock })
  const first = await house.start()
  const host = await first.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await first.enter('hall', 'bob')
  await bob.welcome()
  await host.event('participant.joined')
  await house.kill()
  return { clock, log, disk, house, host, bob }
}

const readiness = async (url: string) => (await fetch(`${url}/readyz`)).status

test('a log that is down at the start holds nothing up: it listens, is not ready, and takes its rooms up when it can', async () => {
  const { clock, disk, house, host } = await houseWithARoom()
  disk.broken = true
  const second = await house.start()
  await expect.poll(() => readiness(second.url)).toBe(503)
  expect(await scrape(second.url, 'peerstage_log_up')).toBe(0)
  const early = second.connect('hall', { token: host.hello.token, ...(await goingOn(host)) })
  expect(await early.goodbye()).toMatchObject({ code: 'unavailable', close: 1013, retryAfterMs: PAUSE_MS })
  clock.advance(PAUSE_MS)
  expect(await readiness(second.url)).toBe(503)
  expect(second.server.rooms.stats('hall')).toBeUndefined()
  disk.broken = false
  clock.advance(PAUSE_MS)
  await expect.poll(() => second.server.rooms.stats('hall')).toMatchObject({ reconnecting: 2 })
  expect(await readiness(second.url)).toBe(200)
  const late = second.connect('hall', { token: host.hello.token, ...(await goingOn(host)), attempt: 3 })
  expect(await late.welcome()).toMatchObject({ resumed: true })
})

test('before all rooms are taken up, a room is loaded when a client joins it, and its grace counts from then', async () => {
  const { clock, log, host, bob } = await houseWithARoom()
  const down = () => Promise.reject(new LogUnavailable('broken by a test'))
  const unlisted = alteredLog(log, { openRooms: down })
  const house = new RestartableServer({ open: () => unlisted, release: async () => {} }, { clock })
  const { connect, server, url } = await house.start()
  expect(server.rooms.stats('hall')).toBeUndefined()
  const ada = connect('hall', { token: host.hello.token, ...(await goingOn(host)) })
  expect(await ada.welcome()).toMatchObject({ resumed: true, reconnecting: [] })
  const back = connect('hall', { token: bob.hello.token, ...(await goingOn(bob)) })
  expect(await back.welcome()).toMatchObject({ resumed: true })
  // Only this one question fails: the log can take turns.
  expect(await readiness(url)).toBe(200)
})

test('a room that cannot be loaded leaves the others alone, and is tried again', async () => {
  const clock = new FakeClock()
  const log = memoryLog(clock)
  let isBroken = false
  const faulty = alteredLog(log, {
    load: (roomId) =>
      isBroken && roomId === 'broken' ? Promise.reject(new LogUnavailable('broken by a test')) : log.load(roomId),
  })
  const house = new RestartableServer({ open: () => faulty, release: async () => {} }, { clock })
  const first = await house.start()
  for (const room of ['broken', 'whole']) await (await first.enter(room, 'ada', { role: 'host' })).welcome()
  await house.kill()
  isBroken = true
  const { server, enter, url } = await house.start()
  await expect.poll(() => server.rooms.stats('whole')).toBeDefined()
  expect(await (await enter('broken', 'bob')).goodbye()).toMatchObject({ code: 'unavailable', close: 1013 })
  expect(await server.identities.erase('bob')).toEqual({ ok: false, error: 'unavailable' })
  expect(await readiness(url)).toBe(200)
  isBroken = false
  clock.advance(PAUSE_MS)
  await expect.poll(() => server.rooms.stats('broken')).toBeDefined()
  expect(await server.identities.erase('bob')).toEqual({ ok: true, messages: 0 })
})
