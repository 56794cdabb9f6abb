import { DEFAULT_LIMITS, MODES, type Role } from '@peerstage/sdk/protocol'
import { describe, expect, test } from 'vitest'
import type { JoinRequest } from '../../src/hosting/input'
import { Recovery } from '../../src/hosting/recovery'
import { Rooms } from '../../src/hosting/rooms'
import { memoryLog, type RoomLog } from '../../src/index'
import { alteredLog } from '../harness/altered-log'
import { failingLog } from '../harness/failing-log'
import { FakeClock } from '../harness/fake-clock'
import { FakeConnection } from '../harness/fake-connection'
import { hangingLog } from '../harness/hanging-log'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function openRooms(log?: RoomLog, clock = new FakeClock(), abandoned = () => {}) {
  let ids = 0
  let batches = 0
  const rooms = new Rooms({
    rules: {
      mode: MODES.studio,
      limits: DEFAULT_LIMITS,
      createRooms: 'onJoin',
      firstIsHost: false,
      duplicateSessions: 'replace',
    },
    log: log ?? memoryLog(clock),
    clock,
    newId: () => `id${++ids}`,
    meter: {
      command: () => {},
      rejection: () => {},
      resume: () => {},
      batch: () => {
        batches++
        return () => {}
      },
    },
    logger: silent,
    abandoned,
  })
  const joinRequest = (identity: string, role: Role): JoinRequest & { connection: FakeConnection } => ({
    type: 'join',
    connection: new FakeConnection(identity),
    claims: { identity, name: identity, role },
    sessionHash: identity,
    joinId: 'a stay',
    attempt: 1,
    iceServers: [],
    seated: () => {},
    offered: () => {},
  })
  const join = (identity: string, role: Role = 'host') => {
    const asked = joinRequest(identity, role)
    rooms.submit('hall', asked)
    return asked.connection
  }
  return { rooms, clock, join, batchesTaken: () => batches }
}

const got = (connection: FakeConnection, type: string) => expect.poll(() => connection.types).toContain(type)

test('a clock that is behind the last event, since a restart, neither shortens the graces nor makes them longer', async () => {
  const log = memoryLog()
  const [ahead, behind] = [new FakeClock(2_000_000), new FakeClock(1_000_000)]
  const before = openRooms(log, ahead)
  await got(before.join('ada'), 'welcome')
  await got(before.join('bob'), 'welcome')
  before.rooms.close()

  const after = openRooms(log, behind)
  await after.rooms.load('hall')
  const bob = after.join('bob')
  await got(bob, 'welcome')
  behind.advance(10_000)
  await got(bob, 'presence')
  expect(after.rooms.stats('hall')?.participants.host).toBe(2)
  behind.advance(50_000)
  await expect.poll(() => after.rooms.stats('hall')?.participants.host).toBe(1)
})

describe.each([
  ['forward', 3_600_000],
  ['back', -3_600_000],
])('a clock that is set %s by an hour', (_, byMs) => {
  test('neither shortens nor lengthens the wait for a host [R4.4]', async () => {
    const { rooms, clock, join } = openRooms(memoryLog(), new FakeClock(10_000_000))
    const ada = join('ada')
    const bob = join('bob', 'guest')
    await got(bob, 'welcome')
    rooms.submit('hall', { type: 'leave', connection: ada, commandId: 1 })
    await got(ada, 'reply')
    clock.setWall(byMs)
    clock.advance(59_000)
    const told = bob.types.length
    rooms.submit('hall', {
      type: 'command',
      connection: bob,
      command: { type: 'chat.send', id: 1, text: 'still here' },
    })
    await expect.poll(() => bob.types.length).toBeGreaterThan(told)
    expect(rooms.stats('hall')?.participants.host).toBe(0)
    clock.advance(1000)
    await expect.poll(() => rooms.stats('hall')?.participants.host).toBe(1)
  })

  test('neither shortens nor lengthens the minute of an empty room [R1.3]', async () => {
    const { rooms, clock, join, batchesTaken } = openRooms(memoryLog(), new FakeClock(10_000_000))
    const ada = join('ada')
    await got(ada, 'welcome')
    rooms.submit('hall', { type: 'leave', connection: ada, commandId: 1 })
    await got(ada, 'reply')
    clock.setWall(byMs)
    const before = batchesTaken()
    clock.advance(59_000)
    expect([batchesTaken(), rooms.stats('hall')?.participants.host]).toEqual([before, 0])
    clock.advance(1000)
    await expect.poll(() => rooms.stats('hall')).toBeUndefined()
  })
})

/** A room with Ada in it, and Bob kicked for a minute; then its server starts anew, with a clock that is an hour behind. */
async function anHourBehind() {
  const log = memoryLog()
  const [ahead, behind] = [new FakeClock(10_000_000), new FakeClock(10_000_000 - 3_600_000)]
  const before = openRooms(log, ahead)
  const ada = before.join('ada')
  const bob = before.join('bob')
  await got(bob, 'welcome')
  const self = bob.received.flatMap((each) => (each.type === 'welcome' ? each.self : []))[0] ?? ''
  const command = { type: 'moderation.kick', id: 1, participantId: self, minutes: 1 } as const
  before.rooms.submit('hall', { type: 'command', connection: ada, command })
  await expect.poll(() => bob.closed).toBe('removed')
  before.rooms.close()
  const after = openRooms(log, behind)
  await after.rooms.load('hall')
  return { ...after, clock: behind }
}

test('a clock that is an hour behind the last event, since a restart, keeps no empty room open for that hour [R1.3]', async () => {
  const { rooms, clock, join } = await anHourBehind()
  const ada = join('ada')
  await got(ada, 'welcome')
  rooms.submit('hall', { type: 'leave', connection: ada, commandId: 1 })
  await got(ada, 'reply')
  clock.advance(120_000)
  await expect.poll(() => rooms.stats('hall')).toBeUndefined()
})

test('nor does it lengthen a kick for a minute by that hour: it is over within two [R5.3]', async () => {
  const { rooms, clock, join } = await anHourBehind()
  await got(join('ada'), 'welcome')
  clock.advance(59_000)
  expect(await rooms.roleOf('hall', 'bob')).toMatchObject({ ok: true, isRemoved: true })
  const early = join('bob')
  await expect.poll(() => early.closed).toBe('removed')
  clock.advance(61_000)
  expect(await rooms.roleOf('hall', 'bob')).toEqual({ ok: true, isRemoved: false, role: undefined })
  await got(join('bob'), 'welcome')
})

test('a room that no longer agrees with its log is loaded again, though no client joins', async () => {
  const log = memoryLog()
  let isOdd = false
  const odd = alteredLog(log, {
    append: async (batch) => {
      await log.append(batch)
      if (isOdd) throw new Error('it is unknown whether it was kept')
    },
  })
  const { rooms, clock, join } = openRooms(odd, undefined, () => recovery.roomAbandoned())
  const recovery: Recovery = new Recovery({ rooms, log: odd, clock, logger: silent })
  await recovery.start()
  const ada = join('ada')
  await got(ada, 'welcome')
  isOdd = true
  join('bob')
  await expect.poll(() => ada.closed).toBe('unavailable')
  isOdd = false
  expect(rooms.stats('hall')).toBeUndefined()
  expect(recovery.isDone).toBe(false)
  clock.advance(5000)
  await expect.poll(() => rooms.stats('hall')?.participants.host).toBe(2)
  expect(recovery.isDone).toBe(true)
  clock.advance(60_000)
  await expect.poll(() => rooms.stats('hall')?.participants.host).toBe(0)
})

test('what comes in one turn of the event loop is one batch of the room: one append, one flush for each socket', async () => {
  const log = memoryLog()
  let appends = 0
  const counting = alteredLog(log, {
    append: (batch) => {
      appends++
      return log.append(batch)
    },
  })
  const { rooms, join, batchesTaken } = openRooms(counting)
  const ada = join('ada')
  for (let id = 1; id <= 5; id++) {
    rooms.submit('hall', { type: 'command', connection: ada, command: { type: 'chat.send', id, text: `${id}` } })
  }
  const bob = join('bob')
  await got(bob, 'welcome')
  expect({ appends, batches: batchesTaken() }).toEqual({ appends: 1, batches: 1 })
  expect({ ada: ada.flushes, bob: bob.flushes }).toEqual({ ada: 1, bob: 1 })
  const five = <T>(type: T) => Array.from({ length: 5 }, () => type)
  expect(ada.types).toEqual(['welcome', ...five('event'), 'event', ...five('reply')])
  expect(bob.types).toEqual(['welcome'])
})

test('who comes in the very batch that ends the room is rejected like everybody behind it', async () => {
  const { rooms, join } = openRooms()
  const ada = join('ada')
  await got(ada, 'welcome')
  const ended = rooms.end('hall')
  const late = join('late')
  expect(await ended).toBe('ended')
  await expect.poll(() => late.closed).toBe('room_ended')
  expect(late.types).toEqual([])
})

test('who comes in the very batch that would close an empty room keeps it open', async () => {
  const { rooms, clock, join } = openRooms()
  const ada = join('ada')
  await got(ada, 'welcome')
  const first = rooms.stats('hall')?.instance
  rooms.submit('hall', { type: 'leave', connection: ada, commandId: 1 })
  await expect.poll(() => ada.closed).toBe('end')
  clock.advance(60_000)
  const bob = join('bob')
  await got(bob, 'welcome')
  expect(first).toBeTypeOf('string')
  expect(rooms.stats('hall')?.instance).toBe(first)
})

test('a batch that fails as a whole answers everybody who waits, and the room goes on', async () => {
  class BrokenClock extends FakeClock {
    broken = false
    override now(): number {
      if (this.broken) throw new Error('broken by a test')
      return super.now()
    }
  }
  const clock = new BrokenClock()
  const { rooms, join } = openRooms(memoryLog(), clock)
  const ada = join('ada')
  await got(ada, 'welcome')
  clock.broken = true
  rooms.submit('hall', { type: 'command', connection: ada, command: { type: 'chat.send', id: 1, text: 'lost' } })
  const bob = join('bob')
  await expect.poll(() => bob.closed).toBe('unavailable')
  expect(ada.received.at(-1)).toMatchObject({ type: 'reply', re: 1, ok: false, error: { code: 'internal' } })
  clock.broken = false
  rooms.submit('hall', { type: 'command', connection: ada, command: { type: 'chat.send', id: 2, text: 'kept' } })
  await expect.poll(() => ada.received.at(-1)).toMatchObject({ type: 'reply', re: 2, ok: true })
})

test('no event is older than the one before it, though the clock goes back [R3.2]', async () => {
  class SteppingClock extends FakeClock {
    back = 0
    override now(): number {
      return super.now() - this.back
    }
  }
  const clock = new SteppingClock(1_000_000)
  const { rooms, join } = openRooms(memoryLog(), clock)
  const ada = join('ada')
  await got(ada, 'welcome')
  clock.back = 5000
  rooms.submit('hall', { type: 'command', connection: ada, command: { type: 'chat.send', id: 1, text: 'hello' } })
  await got(ada, 'reply')
  expect(ada.received.find((each) => each.type === 'event')).toMatchObject({ logged: { at: 1_000_000 } })
})

test('a client that joins while the server goes down gets the same goodbye as the others, with a random time to come back [R8.1]', async () => {
  const { rooms, join } = openRooms()
  const queued = join('queued')
  rooms.close()
  for (const { closed, retryAfterMs = -1 } of [queued, join('late')]) {
    expect(closed).toBe('draining')
    expect(retryAfterMs).toBeGreaterThanOrEqual(0)
    expect(retryAfterMs).toBeLessThan(10_000)
  }
})

test('an effect that fails does not take those behind it along', async () => {
  const { rooms, join } = openRooms()
  const settle = () => {
    throw new Error('broken by a test')
  }
  rooms.submit('hall', { type: 'open', settle })
  const ada = join('ada')
  await got(ada, 'welcome')
})

test('every queue has a stated bound: that of a room too, behind a log that hangs [R7.8]', async () => {
  const log = alteredLog(memoryLog(), { append: () => new Promise<void>(() => {}) })
  const { rooms, join, batchesTaken } = openRooms(log)
  const ada = join('ada')
  await expect.poll(batchesTaken).toBe(1)
  const command = { type: 'chat.history', id: 1 } as const
  for (let i = 0; i < 1000; i++) rooms.submit('hall', { type: 'command', connection: ada, command })
  expect(ada.types).toEqual([])
  rooms.submit('hall', { type: 'command', connection: ada, command })
  expect(ada.received).toMatchObject([{ type: 'reply', re: 1, ok: false, error: { code: 'unavailable' } }])
  rooms.close()
})

test('every queue has a stated bound: that of a room too that is still being loaded [R7.8]', async () => {
  const { rooms, join } = openRooms(alteredLog(memoryLog(), { load: () => new Promise(() => {}) }))
  for (let i = 0; i < 1000; i++) join(`early ${i}`)
  expect(join('late').closed).toBe('unavailable')
  rooms.close()
})

test('who comes back behind a log that hangs is not sent away by the deadline that waits there too [R4.2]', async () => {
  const disk = hangingLog()
  const { rooms, clock, join } = openRooms(disk.log)
  const [ada, bob] = [join('ada'), join('bob')]
  await got(bob, 'welcome')
  rooms.submit('hall', { type: 'gone', connection: bob, departure: 'lost' })
  await got(ada, 'presence')
  disk.hang()
  rooms.submit('hall', { type: 'command', connection: ada, command: { type: 'chat.send', id: 1, text: 'hello' } })
  await expect.poll(() => disk.hanging).toBe(1)
  clock.advance(60_000)
  const back = join('bob')
  disk.goOn()
  await got(back, 'welcome')
  expect(ada.received).not.toContainEqual(
    expect.objectContaining({
      logged: expect.objectContaining({ event: expect.objectContaining({ type: 'participant.left' }) }),
    }),
  )
  rooms.close()
})

test('what still waits when the server goes down is told so', async () => {
  const { rooms, join } = openRooms(alteredLog(memoryLog(), { load: () => new Promise(() => {}) }))
  const ada = join('ada')
  const ended = rooms.end('hall')
  rooms.close()
  expect(await ended).toBe('unavailable')
  expect(ada.closed).toBe('draining')
  expect(await rooms.end('hall')).toBe('unavailable')
})

test('a resume survives a batch whose other joins are lost', async () => {
  const disk = failingLog()
  const { join } = openRooms(disk)
  const ada = join('ada')
  await got(ada, 'welcome')
  disk.broken = true
  const bob = join('bob')
  const back = join('ada')
  await expect.poll(() => bob.closed).toBe('unavailable')
  expect(back.types).toEqual(['welcome'])
  expect([ada.closed, back.closed]).toEqual(['superseded', undefined])
})
