import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeHello, type Limits, MAX_BANS, MODES, SUBPROTOCOL } from '@peerstage/sdk/protocol'
import { expect, onTestFinished } from 'vitest'
import { memoryLog, type PeerstageServerOptions } from '../../src/index'
import type { RejectionReason } from '../../src/ports/rejection-reason'
import { alteredLog } from './altered-log'
import { description, descriptionOf } from './description'
import { failingLog } from './failing-log'
import { FakeClock } from './fake-clock'
import { hangingLog } from './hanging-log'
import { HELLO } from './hostile-inputs'
import { passTime } from './passing-time'
import { rawConnection } from './raw-connection'
import { connectRaw, upgradeStatus } from './raw-upgrade'
import { type Running, runServer } from './running-server'
import { rejections } from './scrape'
import type { TestClient } from './test-client'

type Room = Running & {
  readonly clock: FakeClock
  readonly host: TestClient
  readonly hostId: string
  readonly bob: TestClient
  readonly bobId: string
  /** Where metrics can be read, also after the server has stopped listening. */
  readonly metricsUrl: string
}

/** A host and a guest in a room, on a clock that stands still, so that no rate limit recovers. */
export async function room(options: PeerstageServerOptions = {}): Promise<Room> {
  const clock = new FakeClock()
  const running = await runServer({ clock, ...options })
  const host = await running.enter('hall', 'ada', { role: 'host' })
  const { self: hostId } = await host.welcome()
  const bob = await running.enter('hall', 'bob')
  const { self: bobId } = await bob.welcome()
  return { ...running, clock, host, hostId, bob, bobId, metricsUrl: await secondUrl(running) }
}

const cast = (value: unknown) => ({ type: 'cast', cast: { type: 'data', value } })
const signal = (to: string, body: object, n = 0) => ({ type: 'signal', to, epoch: { born: 2, n }, order: 0, body })
const candidate = { type: 'candidate', candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }

async function secondUrl({ server }: Running): Promise<string> {
  const second = createServer(server.requestListener)
  await new Promise<void>((resolve) => second.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    second.close()
    second.closeAllConnections()
  })
  return `http://127.0.0.1:${(second.address() as AddressInfo).port}`
}

const lots = <T>(of: T, times = 6): T[] => Array(times).fill(of)

/** Checks the answer that Node gives without the server. */
async function answered(url: string, says: string, status: string): Promise<void> {
  expect(await (await rawConnection(url, says)).answer).toContain(`HTTP/1.1 ${status}\r\n`)
}
const OVERSIZED = `GET /livez HTTP/1.1\r\nhost: here\r\ncookie: ${'x'.repeat(16 * 1024)}`

const downLog = failingLog()
const hungLog = hangingLog()
const bansOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `ban ${i}`, identity: `banned ${i}`, name: 'banned', at: 0 }))

/** A function that causes a rejection, and server options that make it easy. */
export type Provocation = [provoke: (room: Room) => unknown, options?: PeerstageServerOptions]
const limited = (limits: Partial<Limits>): PeerstageServerOptions => ({ limits })

/**
 * How to cause each reason of a rejection. A new reason without a provocation does not compile. `rate_limited` and `busy` are
 * missing because metrics count them by the limit; `accept_failed` because only the operating system causes it.
 */
export const PROVOCATIONS: Readonly<
  Record<Exclude<RejectionReason, 'rate_limited' | 'busy' | 'accept_failed'>, Provocation>
> = {
  oversized_frame: [({ bob }) => bob.raw(`["${'x'.repeat(64 * 1024)}"]`)],
  bad_frame: [({ bob }) => bob.raw('[]')],
  invalid: [({ bob }) => bob.raw('[{}]')],
  unauthorized: [({ connect }) => connect('hall', { token: 'nonsense' })],
  forbidden: [({ bob }) => bob.say({ type: 'moderation.lock', id: 1 })],
  peer_not_found: [({ bob, bobId }) => bob.say(signal(bobId, { type: 'restart' }))],
  message_not_found: [({ bob }) => bob.say({ type: 'chat.delete', id: 1, messageId: 'none' })],
  bad_description: [({ host, bobId }) => host.say(signal(bobId, { type: 'answer', sdp: 'v=0' }))],
  payload_too_large: [({ bob }) => bob.say(cast('four')), limited({ maxDataBytes: 4 })],
  unsupported_version: [
    ({ url }) => connectRaw(url, '/v1/rooms/hall', ['peerstage.v99', `hello.${encodeHello(HELLO)}`]),
  ],
  room_not_found: [({ enter }) => enter('elsewhere', 'eve'), { createRooms: 'host' }],
  room_full: [({ enter }) => enter('hall', 'eve'), limited({ maxParticipants: 2 })],
  room_locked: [
    async ({ host, enter }) => {
      await host.ask({ type: 'moderation.lock' })
      await enter('hall', 'eve')
    },
  ],
  removed: [({ host, bobId }) => host.say({ type: 'moderation.kick', id: 1, participantId: bobId })],
  room_ended: [({ host }) => host.say({ type: 'moderation.endRoom', id: 1 })],
  superseded: [({ bob, enter }) => enter('hall', 'bob', { session: bob.hello.session, attempt: 2 })],
  command_rate: [({ bob }) => bob.say(...lots({ type: 'chat.history', id: 1 })), limited({ commandBurst: 2 })],
  chat_rate: [({ bob }) => bob.say(...lots({ type: 'chat.send', id: 1, text: 'hi' })), limited({ chatBurst: 2 })],
  room_chat_rate: [
    ({ host, bob }) => {
      for (const each of [host, bob]) each.say({ type: 'chat.send', id: 1, text: 'hi' })
    },
    limited({ roomChatBurst: 1 }),
  ],
  cast_rate: [({ bob }) => bob.say(...lots(cast(1))), limited({ castBurst: 2 })],
  cast_bytes: [({ bob }) => bob.say(...lots(cast('x'.repeat(8000)), 3)), limited({ castByteBurst: 20_000 })],
  signal_rate: [({ host, bobId }) => host.say(...lots(signal(bobId, candidate))), limited({ signalBurst: 2 })],
  pair_rate: [({ host, bobId }) => host.say(...lots(signal(bobId, candidate))), limited({ pairSignalBurst: 2 })],
  pair_bytes: [
    ({ host, bobId }) => {
      for (let i = 0; i < 3; i++) host.say(signal(bobId, { type: 'answer', sdp: descriptionOf(32 * 1024) }))
    },
    limited({ pairByteBurst: 64 * 1024 }),
  ],
  receiver_offers: [
    ({ host, bobId }) => host.say(...lots(signal(bobId, { type: 'offer', sdp: description(), layout: 1 }), 15)),
    limited({ maxParticipants: 2 }),
  ],
  receiver_bytes: [
    async ({ host, bobId, enter }) => {
      const answers = lots(signal(bobId, { type: 'answer', sdp: descriptionOf(16 * 1024) }), 3)
      host.say(...answers)
      for (const id of ['eve', 'dan', 'cy']) {
        const client = await enter('hall', id)
        await client.welcome()
        client.say(...answers)
      }
    },
    limited({ pairByteBurst: 64 * 1024, pairBytesPerSecond: 1024 }),
  ],
  candidates: [({ host, bobId }) => host.say(...lots(signal(bobId, candidate))), limited({ maxCandidates: 2 })],
  heartbeat_rate: [({ bob }) => bob.say(...lots({ type: 'heartbeat' }, 12))],
  join_rate: [({ enter }) => Promise.all(lots(0).map(() => enter('hall', 'bob'))), limited({ joinBurst: 2 })],
  holds: [({ enter }) => Promise.all(lots(0).map(() => enter('hall', 'eve', { intent: 'hold' })))],
  flood: [({ bob }) => bob.say(...lots(cast(1), 30)), limited({ castBurst: 1 })],
  unanswered: [({ bob }) => bob.say(...lots({ type: 'chat.history', id: 1 })), limited({ maxUnansweredCommands: 2 })],
  server_full: [({ url }) => upgradeStatus(url, '/v1/rooms/hall'), { maxSockets: 2 }],
  address_full: [
    async ({ url, enter }) => {
      await (await enter('hall', 'eve', { headers: { 'x-forwarded-for': '2001:db8::1' } })).welcome()
      expect(
        await connectRaw(url, '/v1/rooms/hall', [SUBPROTOCOL], { 'x-forwarded-for': '2001:db8::2' }),
      ).toMatchObject({
        goodbye: 'busy',
        close: 4503,
      })
    },
    { maxSocketsPerAddress: 1, trustProxy: 1 },
  ],
  verification_timeout: [
    async ({ enter, clock }) => {
      await (await enter('hall', 'eve', { intent: 'hold' })).next('held')
      clock.advance(10_000)
    },
    limited({ holdMs: 10_000 }),
  ],
  slow_consumer: [
    async ({ host, bob, bobId, clock }) => {
      bob.socket.pause()
      // The buffers of the operating system take some megabytes before the server notices a slow reader.
      const frame = lots({ type: 'cast', cast: { type: 'data', value: 'x'.repeat(8000), to: [bobId] } }, 8)
      for (let i = 0; i < 200; i++) host.say(...frame)
      await host.roundTrip()
      clock.advance(10_000)
      await host.roundTrip()
      clock.advance(5000)
    },
    limited({ castBurst: 1_000_000, castByteBurst: 1024 ** 3 }),
  ],
  dead: [
    async ({ host, bob, clock }) => {
      bob.socket.pause()
      await passTime(clock, 30_000, host)
    },
  ],
  draining: [({ server }) => server.close({ deadlineMs: 0 })],
  unavailable: [
    ({ host }) => {
      downLog.broken = true
      host.say({ type: 'moderation.lock', id: 1 })
    },
    { log: downLog },
  ],
  internal: [
    ({ bob }) => bob.say({ type: 'chat.delete', id: 1, messageId: 'some' }),
    { log: alteredLog(memoryLog(), { message: async () => ({ message: null }) as never }) },
  ],
  queue_full: [
    ({ bob }) => {
      hungLog.hang()
      for (let id = 1; id < 6; id++) bob.say({ type: 'chat.send', id, text: 'hi' })
    },
    { log: hungLog.log, limits: { maxQueuedInputs: 2 } },
  ],
  stage_full: [
    async ({ host, enter }) => {
      const { self } = await (await enter('hall', 'eve', { role: 'viewer' })).welcome()
      for (let i = 0; i < MODES.voice.maxOnStage - 2; i++) await (await enter('hall', `guest ${i}`)).welcome()
      host.say({ type: 'moderation.setRole', id: 1, participantId: self, role: 'guest' })
    },
    { mode: 'voice' },
  ],
  source_not_allowed: [
    ({ bob }) => bob.say({ type: 'media.update', id: 1, sources: { camera: { published: true, muted: false } } }),
    { mode: 'voice' },
  ],
  ban_not_found: [({ host }) => host.say({ type: 'moderation.unban', id: 1, banId: 'none' })],
  bans_full: [
    ({ host, bobId }) => host.say({ type: 'moderation.ban', id: 1, participantId: bobId }),
    { log: alteredLog(memoryLog(), { load: async () => ({ bans: bansOf(MAX_BANS) }) }) },
  ],
  verifying_full: [
    async ({ server, url, connect }) => {
      const token = await server.tokens.sign({ room: 'hall', identity: 'eve' })
      // Whether two of them are in verification at the same time depends on the event loop.
      while ((await rejections(url, 'verifying_full')) === 0) {
        const clients = lots(0, 20).map(() => connect('hall', { token }))
        await Promise.all(clients.map(({ opened, closed }) => Promise.race([opened, closed])))
      }
    },
    { maxVerifying: 1 },
  ],
  connections_full: [
    ({ url }) => Promise.all(lots('', 110).map((says) => rawConnection(url, says))),
    { maxSockets: 2 },
  ],
  slow_request: [({ url }) => answered(url, 'GET /livez HTTP/1.1\r\nhost:', '408 Request Timeout')],
  oversized_headers: [({ url }) => answered(url, OVERSIZED, '431 Request Header Fields Too Large')],
  bad_request: [({ url }) => answered(url, 'what is no HTTP\r\n\r\n', '400 Bad Request')],
}
