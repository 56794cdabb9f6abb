// Kick, ban, demotion and lock against every way back, over real sockets, a real log and restarts. Each way by the rules
// alone, and there are more of them: room/ways-back.test.ts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hello } from '@peerstage/sdk/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteLog } from '../../src/index'
import { FakeClock } from '../harness/fake-clock'
import { type EnterOptions, type Running, runServer } from '../harness/running-server'
import type { TestClient } from '../harness/test-client'

/** A server whose log is a file: it can be ended and begun anew. */
async function onDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'peerstage-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const clock = new FakeClock()
  const begin = () => runServer({ clock, log: sqliteLog(join(folder, 'rooms.db'), { clock }), logLevel: 'silent' })
  let running = await begin()
  return {
    clock,
    get running() {
      return running
    },
    async restart() {
      await running.server.close({ deadlineMs: 0 })
      running = await begin()
    },
  }
}

type OnDisk = Awaited<ReturnType<typeof onDisk>>

async function adaAndBob(house: OnDisk, role: EnterOptions['role'] = 'guest') {
  const host = await house.running.enter('hall', 'ada', { role: 'host' })
  await host.welcome()
  const bob = await house.running.enter('hall', 'bob', { role })
  const { self: bobId } = await bob.welcome()
  return { host, bob, bobId }
}

/** How Bob comes again, who was there as `bob`. */
const WAYS: Record<string, (bob: Hello) => EnterOptions> = {
  'a new socket of the same joinId': ({ session, joinId }) => ({ session, joinId, attempt: 2 }),
  'a new page of the same session': ({ session }) => ({ session, attempt: 3 }),
  'another session': () => ({}),
  'a fresh token of a host': ({ session }) => ({ session, attempt: 4, role: 'host' }),
  'another session with the token of a host': () => ({ role: 'host' }),
}

async function expectKeptOut({ enter }: Running, bob: TestClient): Promise<void> {
  for (const [way, how] of Object.entries(WAYS)) {
    const again = await enter('hall', 'bob', how(bob.hello))
    expect(await again.goodbye(), way).toMatchObject({ code: 'removed', close: 4411 })
  }
}

/** Ada throws Bob out of a room; no way leads back, not by a connection that he held, nor over a restart. */
async function thrownOut(verb: 'kick' | 'ban') {
  const house = await onDisk()
  const { host, bob, bobId } = await adaAndBob(house)
  const held = await house.running.enter('hall', 'bob', { intent: 'hold' })
  await held.next('held')
  expect(await host.ask({ type: `moderation.${verb}`, participantId: bobId })).toMatchObject({ ok: true })
  expect(await bob.goodbye()).toMatchObject({ code: 'removed' })
  held.say({ type: 'join', id: 1 })
  expect(await held.goodbye()).toMatchObject({ code: 'removed' })
  await expectKeptOut(house.running, bob)
  await house.restart()
  await expectKeptOut(house.running, bob)
  return { house, bob }
}

test('a kick holds until the room closes, whatever token comes: over a restart, and against a connection held before [R5.3]', async () => {
  const { house } = await thrownOut('kick')
  await house.running.server.rooms.end('hall')
  house.clock.advance(60_000)
  expect(await (await house.running.enter('hall', 'bob')).welcome()).toMatchObject({ resumed: false })
})

test('a ban holds until lifted, whatever token comes: over restarts, and in later openings of the room [R5.4]', async () => {
  const { house, bob } = await thrownOut('ban')
  await house.running.server.rooms.end('hall')
  house.clock.advance(60_000)
  await house.restart()
  await expectKeptOut(house.running, bob)
  const eve = await house.running.enter('hall', 'eve', { role: 'cohost' })
  await eve.welcome()
  await expectKeptOut(house.running, bob)

  const listed = await eve.ask({ type: 'moderation.bans' })
  expect(listed).toMatchObject({ ok: true, result: { bans: [{ name: 'bob' }] } })
  const { bans } = (listed as { result: { bans: { id: string }[] } }).result
  expect(await eve.ask({ type: 'moderation.unban', banId: bans[0]?.id ?? '' })).toMatchObject({ ok: true })
  await house.restart()
  expect(await (await house.running.enter('hall', 'bob')).welcome()).toMatchObject({ resumed: false })
})

test('a demotion survives a rejoin, whatever token comes: over a restart, until the room closes [R5.5]', async () => {
  const house = await onDisk()
  const { host, bob, bobId } = await adaAndBob(house, 'host')
  await host.ask({ type: 'moderation.setRole', participantId: bobId, role: 'viewer' })
  const roleOfBob = async (how: EnterOptions) => {
    const again = await house.running.enter('hall', 'bob', how)
    const { room, self } = await again.welcome()
    return room?.participants.find(({ id }) => id === self)?.role
  }
  for (const [way, how] of Object.entries(WAYS)) expect(await roleOfBob(how(bob.hello)), way).toBe('viewer')
  await house.restart()
  for (const [way, how] of Object.entries(WAYS)) expect(await roleOfBob(how(bob.hello)), way).toBe('viewer')
  await house.running.server.rooms.end('hall')
  house.clock.advance(60_000)
  expect(await roleOfBob({ role: 'host' })).toBe('host')
})

test('a lock keeps new people out, and never one who comes back: over a restart [R1.7]', async () => {
  const house = await onDisk()
  const { host, bob, bobId } = await adaAndBob(house)
  await host.ask({ type: 'moderation.lock' })
  for (const restarts of [false, true]) {
    if (restarts) await house.restart()
    expect(await (await house.running.enter('hall', 'eve')).goodbye()).toMatchObject({ code: 'room_locked' })
    for (const [way, how] of Object.entries(WAYS)) {
      const again = await house.running.enter('hall', 'bob', how(bob.hello))
      expect((await again.welcome()).self, way).toBe(bobId)
    }
  }
})

test('an attempt that arrives late is rejected, also after a restart [R2.6]', async () => {
  const house = await onDisk()
  const { bob, bobId } = await adaAndBob(house)
  const { session } = bob.hello
  await house.restart()
  const newer = await house.running.enter('hall', 'bob', { session, attempt: 6 })
  expect((await newer.welcome()).self).toBe(bobId)
  const late = await house.running.enter('hall', 'bob', { session, attempt: 5 })
  expect(await late.goodbye()).toMatchObject({ code: 'superseded' })
  await newer.roundTrip()
})
