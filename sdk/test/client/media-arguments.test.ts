// Plain JavaScript passes anything: one typed error that says what was meant, and nothing is opened.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LiveStreamClient, LiveStreamError } from '../../src/index'
import { FakeMediaDevices, FakeStream, FakeTrack } from '../harness/media-devices'
import { RoomHouse } from '../harness/room-house'

let house: RoomHouse
let devices: FakeMediaDevices
// A browser that has devices and links: what a wrong argument opens is seen.
beforeEach(() => {
  devices = new FakeMediaDevices()
  vi.stubGlobal('navigator', { mediaDevices: devices.asDevices })
  vi.stubGlobal('RTCPeerConnection', class {})
})
afterEach(async () => {
  await house?.close()
  vi.unstubAllGlobals()
})

const join = () => {
  house = new RoomHouse({})
  return house.join('Ada')
}

async function invalidOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof LiveStreamError)) throw new Error(`expected a LiveStreamError, got ${String(error)}`)
  expect(error.message).toMatch(/^\S.*\.$/s)
  return `${error.code}: ${error.message}`
}

/** As from a program without types. */
const untyped = (client: LiveStreamClient) =>
  client as never as Record<string, Record<string, (...args: unknown[]) => never>>

class DeviceInfo {
  readonly kind = 'videoinput'
  readonly deviceId = 'a'
}

test.each([
  ['publish', [], 'publish({'],
  ['publish', [null], 'publish({'],
  ['publish', ['camera'], 'publish({'],
  ['publish', [['camera']], 'publish({'],
  ['publish', [new Event('click')], 'publish({'],
  ['publish', [{ video: true }], '"video"'],
  ['publish', [{ camera: new FakeStream([]) }], 'stream.getTracks()'],
  ['publish', [{ camera: new DeviceInfo() }], 'DeviceInfo'],
  ['publish', [{ camera: 'front' }], '"front"'],
  ['publish', [{ camera: null }], 'null'],
  ['publish', [{ microphone: 1 }], 'microphone'],
  ['publish', [{ camera: [] }], 'Array'],
  ['publish', [{ camera: true, muted: 'camera' }], 'muted'],
  ['publish', [{ camera: true, muted: ['screen'] }], 'muted'],
  ['unpublish', ['mic'], '"mic"'],
  ['mute', ['mic'], '"mic"'],
  ['mute', [], 'undefined'],
  ['unmute', ['video'], '"video"'],
  ['switchDevice', ['screen', 'a'], '"screen"'],
  ['switchDevice', ['camera'], 'deviceId'],
  ['switchDevice', ['camera', ''], 'deviceId'],
  ['switchDevice', ['camera', new DeviceInfo()], 'DeviceInfo'],
  ['shareScreen', [new Event('click')], 'onclick'],
  ['shareScreen', [{ track: new FakeStream([]) }], 'track'],
  ['shareScreen', [{ track: new FakeTrack('video'), audioTrack: true }], 'audioTrack'],
])('media.%s(%j): invalid, with a sentence, and nothing is opened', async (verb, args, named) => {
  const client = await join()
  const said = await invalidOf(untyped(client).media?.[verb]?.(...args) as never)
  expect(said).toMatch(/^invalid: /)
  expect(said).toContain(named)
  expect(devices.prompts).toEqual([])
})

test('attach throws at once, for what is no element and what is no target', async () => {
  const attach = untyped(await join()).media?.attach
  const element = { srcObject: null }
  const target = { participantId: 'ada', kind: 'talk' }
  for (const args of [
    [],
    [null, target],
    ['video', target],
    [element],
    [element, 'ada'],
    [element, { ...target, kind: 'camera' }],
  ])
    expect(() => attach?.(...args)).toThrow(expect.objectContaining({ name: 'LiveStreamError', code: 'invalid' }))
})

test('options that are none are rejected: a kick of ten minutes is no kick for good', async () => {
  const client = untyped(await join())
  for (const call of [
    client.moderation?.kick?.('ben', 10),
    client.moderation?.kick?.('ben', null),
    client.chat?.history?.(20),
    client.chat?.history?.(null),
    client.data?.send?.('hello', null),
    client.data?.send?.('hello', { to: 'ben' }),
  ])
    expect(await invalidOf(call as never)).toMatch(/^invalid: /)
})

test('a listener that is no function is rejected where it is given', async () => {
  const client = await join()
  expect(() => client.on('joined', undefined as never)).toThrow(expect.objectContaining({ code: 'invalid' }))
})
