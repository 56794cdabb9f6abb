import { DEFAULT_LIMITS, encodeHello, type Limits } from '@peerstage/sdk/protocol'
import { expect, test } from 'vitest'
import type { RefusalReason } from '../../src/hosting/refusal'
import type { PeerstageServerOptions } from '../../src/index'
import { failingLog } from '../fakes/failing-log'
import { FakeClock } from '../fakes/fake-clock'
import { HELLO } from './hostile-inputs'
import { knock, upgradeStatus } from './raw-upgrade'
import { type Running, runServer } from './running-server'
import { refusals, scrape } from './scrape'
import type { TestClient } from './test-client'

type Room = Running & {
  readonly clock: FakeClock
  readonly host: TestClient
  readonly hostId: string
  readonly bob: TestClient
  readonly bobId: string
}

/** A host and a guest in a room; no time passes by itself, so that no bucket fills up again. */
async function room(options: PeerstageServerOptions = {}): Promise<Room> {
  const clock = new FakeClock()
  const running = await runServer({ clock, ...options })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  return { ...running, clock, host, hostId, bob, bobId }
}

const cast = (value: unknown) => ({ type: 'cast', cast: { type: 'data', value } })
const signal = (to: string, body: object, n = 0) => ({ type: 'signal', to, epoch: { born: 2, n }, order: 0, body })
const candidate = { kind: 'candidate', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }

/** What provokes a refusal, and the options that make it easy to. */
type Provocation = [reason: RefusalReason, provoke: (room: Room) => unknown, options?: PeerstageServerOptions]
const limited = (limits: Partial<Limits>): PeerstageServerOptions => ({ limits })

const PROVOCATIONS: Provocation[] = [
  ['oversized_frame', ({ bob }) => bob.raw(`["${'x'.repeat(64 * 1024)}"]`)],
  ['bad_frame', ({ bob }) => bob.raw('[]')],
  ['invalid', ({ bob }) => bob.raw('[{}]')],
  ['unauthorized', ({ connect }) => connect('hall', { token: 'nonsense' })],
  ['forbidden', ({ bob }) => bob.say({ type: 'moderation.lock', id: 1 })],
  ['peer_not_found', ({ bob, bobId }) => bob.say(signal(bobId, { kind: 'restart' }))],
  ['message_not_found', ({ bob }) => bob.say({ type: 'chat.delete', id: 1, messageId: 'none' })],
  ['payload_too_large', ({ bob }) => bob.say(cast('four')), limited({ maxDataBytes: 4 })],
  ['unsupported_version', ({ url }) => knock(url, '/v1/rooms/hall', ['peerstage.v99', `hello.${encodeHello(HELLO)}`])],
  ['room_not_found', ({ enter }) => enter('elsewhere', 'eve'), { createRooms: 'host' }],
  ['room_full', ({ enter }) => enter('hall', 'eve'), limited({ maxParticipants: 2 })],
  [
    'room_locked',
    async ({ host, enter }) => {
      await host.ask({ type: 'moderation.lock' })
      await enter('hall', 'eve')
    },
  ],
  ['removed', ({ host, bobId }) => host.say({ type: 'moderation.kick', id: 1, participantId: bobId })],
  ['room_ended', ({ host }) => host.say({ type: 'moderation.endRoom', id: 1 })],
  ['superseded', ({ bob, enter }) => enter('hall', 'bob', { session: bob.hello.session, attempt: 2 })],
  ['command_rate', ({ bob }) => bob.say(...lots({ type: 'chat.history', id: 1 })), limited({ commandBurst: 2 })],
  ['chat_rate', ({ bob }) => bob.say(...lots({ type: 'chat.send', id: 1, text: 'hi' })), limited({ chatBurst: 2 })],
  [
    'room_chat_rate',
    ({ host, bob }) => {
      for (const each of [host, bob]) each.say({ type: 'chat.send', id: 1, text: 'hi' })
    },
    limited({ roomChatBurst: 1 }),
  ],
  ['cast_rate', ({ bob }) => bob.say(...lots(cast(1))), limited({ castBurst: 2 })],
  [
    'cast_bytes',
    async ({ bob, clock }) => {
      for (let second = 0; second < 3; second++) {
        for (let frame = 0; frame < 3; frame++) bob.say(...lots(cast('x'.repeat(8000)), 6))
        await bob.roundTrip()
        clock.advance(1000)
      }
    },
    limited({ castBurst: 20 }),
  ],
  ['signal_rate', ({ host, bobId }) => host.say(...lots(signal(bobId, candidate))), limited({ signalBurst: 2 })],
  ['pair_rate', ({ host, bobId }) => host.say(...lots(signal(bobId, candidate))), limited({ pairSignalBurst: 2 })],
  [
    'pair_bytes',
    ({ host, bobId }) => {
      for (let i = 0; i < 3; i++) host.say(signal(bobId, { kind: 'answer', sdp: 'x'.repeat(32 * 1024) }))
    },
    limited({ pairByteBurst: 64 * 1024 }),
  ],
  ['candidates', ({ host, bobId }) => host.say(...lots(signal(bobId, candidate))), limited({ maxCandidates: 2 })],
  ['heartbeat_rate', ({ bob }) => bob.say(...lots({ type: 'heartbeat' }, 12))],
  ['join_rate', ({ enter }) => Promise.all(lots(0).map(() => enter('hall', 'bob'))), limited({ joinBurst: 2 })],
  ['holds', ({ enter }) => Promise.all(lots(0).map(() => enter('hall', 'eve', { intent: 'hold' })))],
  ['flood', ({ bob }) => bob.say(...lots(cast(1), 30)), limited({ castBurst: 1 })],
  ['unanswered', ({ bob }) => bob.say(...lots({ type: 'chat.history', id: 1 })), limited({ maxUnansweredCommands: 2 })],
  ['server_full', ({ url }) => upgradeStatus(url, '/v1/rooms/hall'), { maxSockets: 2 }],
  [
    'address_full',
    async ({ url, enter }) => {
      await (await enter('hall', 'eve', { headers: { 'x-forwarded-for': '2001:db8::1' } })).welcome()
      expect(await upgradeStatus(url, '/v1/rooms/hall', { 'x-forwarded-for': '2001:db8::2' })).toBe(429)
    },
    { maxSocketsPerAddress: 1, trustProxy: 1 },
  ],
]

const lots = <T>(of: T, times = 6): T[] => Array(times).fill(of)

test.each(PROVOCATIONS)('each refusal is counted by its reason: %s [R7.13]', async (reason, provoke, options) => {
  const there = await room(options)
  await provoke(there)
  await expect.poll(() => refusals(there.url, reason)).toBeGreaterThan(0)
})

test('a turn that the log could not keep is counted as unavailable, and its command with it', async () => {
  const log = failingLog()
  const { url, host } = await room({ log })
  log.broken = true
  host.say({ type: 'moderation.lock', id: 1 })
  expect(await host.reply(1)).toMatchObject({ error: { code: 'unavailable' } })
  expect(await refusals(url, 'unavailable')).toBeGreaterThan(0)
  const locks = (outcome: string) =>
    scrape(url, `peerstage_commands_total{type="moderation.lock",outcome="${outcome}"}`)
  expect(await locks('unavailable')).toBe(1)
  expect(await locks('ok')).toBe(0)
})

test('all limits are advertised, as they are set', async () => {
  const limits = Object.fromEntries(
    Object.entries(DEFAULT_LIMITS)
      .filter(([name]) => !TEXTS_AND_SIGNALS.includes(name))
      .map(([name, value]) => [name, ['maxParticipants', 'maxDataBytes'].includes(name) ? value - 1 : value + 1]),
  )
  const { enter } = await runServer({ limits })
  const ada = await enter('hall', 'ada', { role: 'host' })
  expect((await ada.welcome()).limits).toEqual({ ...DEFAULT_LIMITS, ...limits })
})

/** The protocol's own: both ends hold every text and signal to them. */
const TEXTS_AND_SIGNALS = ['maxChatCharacters', 'maxChatBytes', 'maxSdpBytes', 'maxCandidateBytes']
