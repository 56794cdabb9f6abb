// What is opened ahead of the first link, as far as the connection to the server decides it. In a page, of which only `window` is there.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebRtc } from '../../src/index'
import { DEFAULT_LIMITS } from '../../src/protocol'
import { Bench } from '../harness/bench'
import { FakeStream } from '../harness/media-devices'
import { roomOf, type ScriptedConnection } from '../harness/scripted-server'

let bench: Bench
let made: FakeConnection[]
let hasSetConfiguration: boolean

/** Makes an offer at once, with a candidate of its own, and connects to nothing. */
class FakeConnection {
  readonly number = made.push(this)
  readonly configuration: RTCConfiguration
  /** How often its description was read: when it is complete, and when it is told. */
  reads = 0
  #description: object | null = null
  signalingState = 'stable'
  onicecandidate: ((event: { candidate: null }) => void) | null = null
  isClosed = false
  constructor(configuration: RTCConfiguration) {
    this.configuration = configuration
  }
  get localDescription() {
    if (this.#description) this.reads++
    return this.#description
  }
  addTransceiver() {
    return { receiver: { track: {} }, sender: { replaceTrack: async () => undefined } }
  }
  createDataChannel() {
    return { close: () => undefined }
  }
  async createOffer() {
    return { type: 'offer', sdp: `offer ${this.number}\r\n` }
  }
  async setLocalDescription(description: object) {
    this.#description = description
    this.onicecandidate?.({ candidate: null })
  }
  close() {
    this.isClosed = true
  }
}

const live = () => made.filter(({ isClosed }) => !isClosed)

beforeEach(() => {
  made = []
  hasSetConfiguration = true
  vi.stubGlobal('window', {})
})
afterEach(() => {
  vi.unstubAllGlobals()
  bench.close()
})

async function open(token?: () => string): Promise<Bench> {
  class Configurable extends FakeConnection {
    setConfiguration() {}
  }
  const wrtc = {
    RTCPeerConnection: hasSetConfiguration ? Configurable : FakeConnection,
    RTCSessionDescription: class {},
    MediaStream: FakeStream,
  } as unknown as WebRtc
  bench = await Bench.open({ wrtc, ...(token ? { token } : {}) })
  return bench
}

/** Waits until so many connections have told their offers. */
const offered = (count: number) =>
  expect.poll(() => made.filter(({ reads }) => reads >= 2), { interval: 2 }).toHaveLength(count)

async function prepared(token?: () => string): Promise<ScriptedConnection> {
  await open(token)
  const preparing = bench.client.prepare()
  const line = await bench.server.connection(1)
  line.held()
  await preparing
  await offered(1)
  return line
}

test('the offer of a hold goes in the request for a seat', async () => {
  const line = await prepared()
  void bench.client.join()
  const [join] = await line.until('join')
  expect(join).toMatchObject({ offer: { sdp: 'offer 1\r\n' } })
})

test('without setConfiguration none is opened before the server has told its ICE servers', async () => {
  hasSetConfiguration = false
  await open()
  const preparing = bench.client.prepare()
  const line = await bench.server.connection(1)
  expect(made).toEqual([])
  const iceServers = [{ urls: 'turn:127.0.0.1:1', username: 'ada', credential: 'fresh' }]
  line.send({ type: 'held', iceServers, limits: DEFAULT_LIMITS })
  await preparing
  await offered(1)
  expect(made).toMatchObject([{ configuration: { iceServers } }])
})

test('a hold that is renewed after join() puts no offer of the hold before into its request', async () => {
  const line = await prepared()
  line.cut()
  await expect.poll(live, { interval: 2 }).toEqual([])
  const next = await bench.reconnected(2)
  void bench.client.join()
  next.held()
  const [join] = await next.until('join')
  expect(join).not.toHaveProperty('offer')
  await offered(2)
  expect(live()).toEqual([made[1]])
})

test('an offer that went with a request is no offer of a later instance of the room', async () => {
  const line = await prepared()
  const joining = bench.client.join()
  await line.until('join')
  line.welcome()
  await joining
  line.cut()
  await expect.poll(() => bench.client.state.status, { interval: 2 }).toBe('reconnecting')
  const next = await bench.reconnected(2)
  const [ada] = roomOf().participants
  const participants = ada ? [{ ...ada, id: 'bob', name: 'Bob' }, ada] : []
  const edges = [{ offerer: 'ada', answerer: 'bob', born: 2 }]
  next.welcome({ room: roomOf({ instance: 'instance-2', participants, edges }) })
  const [signal] = await next.until('signal')
  expect(signal).toMatchObject({ epoch: { born: 2, n: 0 }, order: 0, body: { type: 'offer' } })
})

test.each(['unauthorized', 'rate_limited', 'room_ended'] as const)(
  'when a hold ends with %s, the connection that was opened ahead is closed',
  async (code) => {
    const line = await prepared()
    line.goodbye(code)
    await expect.poll(live, { interval: 2 }).toEqual([])
    expect(bench.client.state.status).toBe('idle')
  },
)

test('where as many are held as may be, none stays open', async () => {
  await open()
  const preparing = bench.client.prepare()
  ;(await bench.server.connection(1)).goodbye('rate_limited', 30_000)
  await preparing
  expect(made).toHaveLength(1)
  expect(live()).toEqual([])
})

test('where no token is to be had for another hold, none stays open', async () => {
  let isDown = false
  const line = await prepared(() => {
    if (isDown) throw new Error('down')
    return 'a token'
  })
  isDown = true
  line.cut()
  await expect.poll(live, { interval: 2 }).toEqual([])
  void bench.client.prepare()
  bench.clock.advance(1)
  await expect.poll(() => bench.clock.waiting, { interval: 2 }).toBeLessThanOrEqual(1)
  expect(live()).toEqual([])
})

test('a hold that is renewed makes its offer anew', async () => {
  const line = await prepared()
  line.cut()
  await expect.poll(live, { interval: 2 }).toEqual([])
  const next = await bench.reconnected(2)
  next.held()
  await offered(2)
  void bench.client.join()
  const [join] = await next.until('join')
  expect(join).toMatchObject({ offer: { sdp: 'offer 2\r\n' } })
})

test('a held socket that is dead costs its offer: the join that follows takes another connection', async () => {
  const line = await prepared()
  const joining = bench.client.join()
  await line.until('join')
  bench.clock.advance(2_000)
  const next = await bench.server.connection(2)
  expect(made[0]?.isClosed).toBe(true)
  expect(live()).toHaveLength(1)
  next.welcome()
  await joining
  expect(live()).toEqual([])
})
