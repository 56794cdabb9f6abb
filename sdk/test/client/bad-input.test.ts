import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { LiveStreamClient, LiveStreamError } from '../../src/index'
import { Bench } from '../harness/bench'
import { RoomHouse } from '../harness/room-house'

const secret = 'a secret of at least thirty-two bytes'
let house: RoomHouse
afterEach(() => house?.close())

/** The one typed error that a call ends with. */
async function errorOf(promise: Promise<unknown>): Promise<LiveStreamError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof LiveStreamError)) throw new Error(`expected a LiveStreamError, got ${String(error)}`)
  expect(error.message).toMatch(/^\S.*\.$/s)
  return error
}

const open = (options: ConstructorParameters<typeof RoomHouse>[0] = {}) => {
  house = new RoomHouse(options)
  return house
}

test('a wrong token: unauthorized, final', async () => {
  open({ auth: { secret } })
  const client = await house.client('Ada', { token: 'not.a.token' })
  expect(await errorOf(client.join())).toMatchObject({ code: 'unauthorized', retryable: false })
  expect(client.state).toMatchObject({ status: 'left', reason: 'unauthorized' })
})

test('an expired token from a function is asked for once more, then final', async () => {
  open({ auth: { secret } })
  await house.url()
  const expired = await house.server.token({ room: 'test', identity: 'ada', expiresInSeconds: -120 })
  const token = vi.fn(() => expired)
  const client = await house.client('Ada', { token })
  expect(await errorOf(client.join())).toMatchObject({ code: 'unauthorized', retryable: false })
  expect(token).toHaveBeenCalledTimes(2)
})

test('a token for another room: forbidden', async () => {
  open({ auth: { secret } })
  await house.url()
  const token = await house.server.token({ room: 'other', identity: 'ada' })
  const client = await house.client('Ada', { token })
  expect(await errorOf(client.join())).toMatchObject({ code: 'forbidden', retryable: false })
})

test('a full room: room_full, retryable, at once', async () => {
  open({ limits: { maxParticipants: 1 } })
  await house.join('Ada')
  const client = await house.client('Ben')
  expect(await errorOf(client.join())).toMatchObject({ code: 'room_full', retryable: true })
})

test('a network at its bound: busy, retryable, at once, with the time to wait [R7.17]', async () => {
  class BehindSchool extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    }
  }
  open({ auth: { secret }, maxSocketsPerAddress: 1, trustProxy: 1 })
  await house.url()
  const token = await house.server.token({ room: 'test', identity: 'ada' })
  const options = { WebSocket: BehindSchool as never, token }
  await (await house.client('Ada', options)).join()
  const client = await house.client('Ben', options)
  const error = await errorOf(client.join())
  expect(error).toMatchObject({ code: 'busy', retryable: true })
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(5000)
})

test('a locked room: room_locked, retryable', async () => {
  open()
  const ada = await house.join('Ada')
  await ada.moderation.lock()
  const client = await house.client('Ben')
  expect(await errorOf(client.join())).toMatchObject({ code: 'room_locked', retryable: true })
})

test('an ended room: room_ended for all, and for those that join later', async () => {
  open()
  const ada = await house.join('Ada')
  const ben = await house.join('Ben')
  await ada.moderation.endRoom()
  await expect.poll(() => ben.state).toMatchObject({ status: 'left', reason: 'room_ended' })
  const client = await house.client('Cyd')
  expect(await errorOf(client.join())).toMatchObject({ code: 'room_ended', retryable: false })
})

test('an unknown room, where only hosts open one: room_not_found, retryable', async () => {
  open({ createRooms: 'api' })
  const client = await house.client('Ada')
  expect(await errorOf(client.join())).toMatchObject({ code: 'room_not_found', retryable: true })
})

test('the same identity elsewhere: superseded, and it does not fight back', async () => {
  open({ auth: { secret } })
  await house.url()
  const token = await house.server.token({ room: 'test', identity: 'ada' })
  const first = await house.join('Ada', { token })
  const second = await house.join('Ada', { token })
  await expect
    .poll(() => first.state)
    .toMatchObject({ status: 'left', reason: 'superseded', error: { retryable: false } })
  expect(second.state.participants).toHaveLength(1)
})

test('a kick: removed, for good', async () => {
  open({ auth: { secret } })
  await house.url()
  const sign = (identity: string, role: 'host' | 'viewer') =>
    house.server.token({ room: 'test', identity, role, name: identity })
  const ada = await house.join('Ada', { token: await sign('ada', 'host') })
  const ben = await house.join('Ben', { token: () => sign('ben', 'viewer') })
  await ada.moderation.kick(ben.state.self?.id ?? '')
  await expect.poll(() => ben.state).toMatchObject({ status: 'left', reason: 'removed' })
  expect(await errorOf(ben.join())).toMatchObject({ code: 'removed', retryable: false })
})

test('chat text: over-long is payload_too_large, empty and invisible are invalid; no other client notices', async () => {
  open()
  const ada = await house.join('Ada')
  expect(await errorOf(ada.chat.send('x'.repeat(2001)))).toMatchObject({ code: 'payload_too_large', retryable: false })
  expect(await errorOf(ada.chat.send('猫'.repeat(1400)))).toMatchObject({ code: 'payload_too_large' })
  expect(await errorOf(ada.chat.send(''))).toMatchObject({ code: 'invalid' })
  expect(await errorOf(ada.chat.send('  '))).toMatchObject({ code: 'invalid' })
  await ada.chat.send('x'.repeat(2000))
  expect(ada.state.messages).toHaveLength(1)
})

test('values of a wrong form never reach the server: invalid', async () => {
  open()
  const ada = await house.join('Ada')
  const wrong = [
    ada.chat.send(42 as never),
    ada.moderation.kick('no id!'),
    ada.moderation.kick('ben', { minutes: -1 }),
    ada.moderation.setRole('ben', 'king' as never),
    ada.moderation.mute('ben', 'nose' as never),
    ada.reactions.send('hello'),
    ada.data.send(undefined),
    ada.data.send(1n),
    ada.data.send({ to: 'me' }, { to: [] }),
    ada.data.send(JSON.parse('{"__proto__": 1}')),
    ada.chat.history({ limit: 1000 }),
  ]
  for (const promise of wrong) expect(await errorOf(promise)).toMatchObject({ code: 'invalid' })
  let deep: unknown = 0
  for (let n = 0; n < 30_000; n++) deep = [deep]
  expect(await errorOf(ada.data.send(deep))).toMatchObject({ code: 'invalid' })
  expect(await errorOf(ada.data.send('x'.repeat(9000)))).toMatchObject({ code: 'payload_too_large' })
  await ada.chat.send('still here')
  expect(ada.state.status).toBe('joined')
})

test('what the role does not allow: forbidden', async () => {
  open()
  await house.join('Ada')
  const ben = await house.joinAsViewer('Ben')
  expect(await errorOf(ben.moderation.lock())).toMatchObject({ code: 'forbidden', retryable: false })
  expect(await errorOf(ben.media.publish({ camera: true }))).toMatchObject({ code: 'forbidden' })
})

test('verbs without a room: not_joined, whether or not anybody listens', async () => {
  open()
  const client = await house.client('Ada')
  void client.chat.send('ignored')
  for (const promise of [
    client.chat.send('hello'),
    client.reactions.send('🔥'),
    client.stage.request(),
    client.moderation.lock(),
    client.data.send(1),
    client.media.publish({ camera: true }),
  ])
    expect(await errorOf(promise)).toMatchObject({ code: 'not_joined' })
})

test('no device, and none to be had in this process: a code with a hint', async () => {
  open()
  const ada = await house.join('Ada')
  const error = await errorOf(ada.media.publish({ camera: true }))
  expect(['not_supported', 'insecure_context']).toContain(error.code)
  expect(error.userAction).toBeTruthy()
})

test('an unreachable server: unreachable, with its cause', async () => {
  const client = new LiveStreamClient({ url: 'ws://127.0.0.1:1', room: 'test', WebSocket, joinTimeoutMs: 50 })
  expect(await errorOf(client.join())).toMatchObject({ code: 'unreachable', retryable: true, cause: expect.any(Error) })
})

test('a hello too large for proxies is rejected here', async () => {
  open()
  const client = await house.client('Ada', { token: 'x'.repeat(4900) })
  expect(await errorOf(client.join())).toMatchObject({ code: 'hello_too_large', retryable: false })
})

test('a token function that fails: token_unavailable, with its cause', async () => {
  open()
  const cause = new Error('backend down')
  const client = await house.client('Ada', { token: () => Promise.reject(cause) })
  expect(await errorOf(client.join())).toMatchObject({ code: 'token_unavailable', retryable: true, cause })
  const empty = await house.client('Ada', { token: () => '' })
  expect(await errorOf(empty.join())).toMatchObject({ code: 'token_unavailable' })
})

test('another protocol version: unsupported_version', async () => {
  const bench = await Bench.open()
  const joining = errorOf(bench.client.join())
  ;(await bench.server.connection(1)).welcome({ protocol: 2 })
  expect(await joining).toMatchObject({ code: 'unsupported_version', retryable: false })
  bench.close()
})

test('frames that cannot be read are passed over', async () => {
  const [bench, line] = await Bench.joined()
  for (const text of ['', 'nonsense', '{}', '[]', '[null]', '[{"type":"tomorrow"}]', '[{"type":"event"}]'])
    line.sendText(text)
  line.send({ type: 'presence', participantId: 'ada', presence: 'reconnecting' })
  await expect.poll(() => bench.client.state.self?.presence).toBe('reconnecting')
  expect(bench.client.state.status).toBe('joined')
  bench.close()
})

test.each([
  ['url', { url: 'ftp://example.com' }],
  ['url', { url: 'wss://example.com?token=secret' }],
  ['room', { room: 7 as never }],
  ['token', { token: '' }],
  ['name', { name: {} as never }],
  ['joinTimeoutMs', { joinTimeoutMs: 0 }],
  ['iceServers', { iceServers: [{}] as never }],
  ['iceTransportPolicy', { iceTransportPolicy: 'none' as never }],
  ['WebSocket', { WebSocket: 'ws' as never }],
  ['wrtc', { wrtc: {} as never }],
  ['reacquireDevices', { reacquireDevices: 'yes' as never }],
  ['logLevel', { logLevel: 'loud' as never }],
])('a wrong option is rejected by its name: %s', (name, options) => {
  const make = () => new LiveStreamClient({ url: 'wss://example.com', room: 'test', ...options })
  expect(make).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringMatching(`^${name} `) }),
  )
})

// A room's id may come from an address, and a name from a form: where a page is rendered, nothing may throw for that.
test.each([
  ['no url and no page', 'url', { url: undefined as never }],
  ['a room with a blank', 'room', { room: 'room 1' }],
  ['an empty room', 'room', { room: '' }],
  ['a long name', 'name', { name: 'x'.repeat(65) }],
])('%s: invalid_options when joining, not before, by promise, state and event', async (_, option, given) => {
  const client = new LiveStreamClient({ url: 'ws://127.0.0.1:1', room: 'test', ...given })
  const told: unknown[] = []
  client.on('left', (left) => told.push(left))
  const error = await errorOf(client.join())
  expect(error).toMatchObject({ code: 'invalid_options', message: expect.stringMatching(`^${option} `) })
  expect(client.state).toMatchObject({ status: 'left', reason: 'failed', error })
  expect(told).toEqual([{ reason: 'failed', error }])
})

test('publishing where there is no WebRTC: not_supported, with the way out named', async () => {
  open()
  const ada = await house.join('Ada')
  const error = await errorOf(ada.media.publish({ microphone: {} as MediaStreamTrack }))
  expect(error).toMatchObject({ code: 'not_supported', retryable: false })
  expect(error.message).toContain('@roamhq/wrtc')
  expect(ada.state.self?.sources.microphone.published).toBe(false)
})
