// What every MediaTransport must do. Each scenario throws when it does not. They know no test runner: they also run in a page
// and in a child process, where the real transports are.
import type { OpenTransport } from '../../src/peering/media-transport'
import { type LinkStats, linkStats } from '../../src/peering/stats'
import type { SlotTracks } from '../../src/ports/participant-media'
import { type SignalBody, SOURCES, type Source } from '../../src/protocol'
import { type End, Pair, type PairOptions } from '../harness/transport-pair'

export type World = {
  readonly open: OpenTransport
  /** A track that never stops moving or sounding; a new one for each call. */
  track(kind: 'audio' | 'video'): MediaStreamTrack
  /** Resolves when the condition holds; throws, with `what` in the message, when it never does. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>
}

export const KIND_OF = { microphone: 'audio', camera: 'video', screen: 'video', screenAudio: 'audio' } as const

/** States of signaling, ICE and connection that one can come to (W3C WebRTC). */
const MOST_STEPS = 3 + 5 + 4

type Scenario = (world: World) => Promise<void>

export const mediaTransportContract: Readonly<Record<string, Scenario>> = {
  'connects with one offer and one answer, and all four tracks come first': async (world) => {
    await withPair(world, {}, async (pair) => {
      for (const end of pair.ends) {
        const tracks = SOURCES.map((source) => `track ${source}`)
        equal(end.events.filter((event) => event.startsWith('track')).join(), tracks.join(), 'tracks')
        assert(end.events.indexOf('connected') > end.events.lastIndexOf('track screenAudio'), 'tracks before connected')
        equal(count(end, 'connected'), 1, 'times connected')
        for (const source of SOURCES) equal(end.tracks.get(source)?.kind, KIND_OF[source], `kind of ${source}`)
      }
      equal([count(pair.offerer, 'offer'), count(pair.offerer, 'answer')].join(), '1,0', 'from the offerer')
      equal([count(pair.answerer, 'offer'), count(pair.answerer, 'answer')].join(), '0,1', 'from the answerer')
    })
  },

  'carries what was published before, in all four slots and both directions': async (world) => {
    const tracks = { offererTracks: all(world), answererTracks: all(world) }
    await withPair(world, tracks, async (pair) => {
      for (const end of pair.ends) for (const source of SOURCES) await flows(world, end, source)
      equal(descriptions(pair), 2, 'descriptions')
    })
  },

  'carries what is published later, in all four slots and both directions, without another description': async (
    world,
  ) => {
    await withPair(world, {}, async (pair) => {
      for (const end of pair.ends) {
        for (const source of SOURCES) await end.transport.setTrack(source, world.track(KIND_OF[source]))
      }
      for (const end of pair.ends) for (const source of SOURCES) await flows(world, end, source)
      equal(descriptions(pair), 2, 'descriptions')
    })
  },

  'takes a track that is set before the descriptions have gone': async (world) => {
    const pair = new Pair(world.open)
    void pair.offerer.transport.setTrack('camera', world.track('video'))
    void pair.answerer.transport.setTrack('screen', world.track('video'))
    await withPair(world, pair, async () => {
      await flows(world, pair.answerer, 'camera')
      await flows(world, pair.offerer, 'screen')
    })
  },

  'makes no offer before it may begin, and takes tracks and ICE servers meanwhile': async (world) => {
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const before = new Pair(world.open)
    const pair = new Pair(world.open, { begin: begun })
    pair.offerer.transport.setIceServers([])
    await pair.offerer.transport.setTrack('camera', world.track('video'))
    await world.until('another pair connects', () => before.connected)
    before.close()
    equal(pair.offerer.events.join(), '', 'events before')
    begin()
    await withPair(world, pair, async () => {
      await flows(world, pair.answerer, 'camera')
      equal(descriptions(pair), 2, 'descriptions')
    })
  },

  'gives its offer with the candidates of then, and connects by that alone': async (world) => {
    const pair = new Pair(world.open, { pipe: (body) => (body.type === 'offer' ? [] : [body]) })
    await world.until('the offer is there', () => pair.offerer.transport.offer()?.sdp.includes('candidate:') === true)
    const offer = pair.offerer.transport.offer()
    if (offer) pair.answerer.transport.accept(offer)
    await withPair(world, pair, async () => equal(offer?.type, 'offer', 'type'))
  },

  'makes no offer if it is closed before it may begin': async (world) => {
    const pair = new Pair(world.open, { begin: Promise.resolve() })
    pair.offerer.transport.close()
    const after = new Pair(world.open)
    await world.until('another pair connects', () => after.connected)
    after.close()
    equal(pair.offerer.events.join(), '', 'events')
    pair.answerer.transport.close()
  },

  'replaces a track, empties the slot and fills it again': async (world) => {
    await withPair(world, { offererTracks: { camera: world.track('video') } }, async (pair) => {
      await flows(world, pair.answerer, 'camera')
      await pair.offerer.transport.setTrack('camera', world.track('video'))
      await flows(world, pair.answerer, 'camera')
      await pair.offerer.transport.setTrack('camera', null)
      await dries(world, pair.answerer, 'camera')
      await pair.offerer.transport.setTrack('camera', world.track('video'))
      await flows(world, pair.answerer, 'camera')
      equal(descriptions(pair), 2, 'descriptions')
    })
  },

  'changes of one slot take effect in order, awaited or not': async (world) => {
    await withPair(world, {}, async (pair) => {
      const { transport } = pair.offerer
      const track = world.track('video')
      await Promise.all(
        [track, null, world.track('video'), null, track].map((each) => transport.setTrack('camera', each)),
      )
      await flows(world, pair.answerer, 'camera')
      await Promise.all([null, track, null].map((each) => transport.setTrack('camera', each)))
      await dries(world, pair.answerer, 'camera')
    })
  },

  'keeps slots apart: what is in the camera slot does not come out of the screen slot': async (world) => {
    await withPair(world, { offererTracks: { camera: world.track('video') } }, async (pair) => {
      await flows(world, pair.answerer, 'camera')
      const { received } = await statsOf(pair.answerer)
      equal(received.screen.framesDecoded, 0, 'frames of the screen slot')
      equal((await statsOf(pair.offerer)).received.camera.framesDecoded, 0, 'frames the other way')
    })
  },

  'bears signals that come twice, or do not fit': async (world) => {
    const strays: SignalBody[] = [{ type: 'restart' }]
    const pipe = (body: SignalBody) => {
      strays.push(body)
      return [body, body, ...strays]
    }
    await withPair(world, { pipe, offererTracks: { camera: world.track('video') } }, async (pair) => {
      for (const end of pair.ends) for (const stray of strays) end.transport.accept(stray)
      await flows(world, pair.answerer, 'camera')
    })
  },

  'tells of each step that brings it further once, and of nothing that does not': async (world) => {
    const strays: SignalBody[] = [{ type: 'restart' }, ...rubbish('rubbish', '0')]
    const pipe = (body: SignalBody) => {
      strays.push(body)
      return [body, ...strays]
    }
    await withPair(world, { pipe }, async (pair) => {
      for (const end of pair.ends) {
        for (let i = 0; i < 20; i++) for (const stray of strays) end.transport.accept(stray)
        const steps = count(end, 'advanced')
        // Two of signaling, and at least one of ICE; at most all the states that there are.
        assert(steps >= 3 && steps <= MOST_STEPS, `${steps} steps`)
      }
    })
  },

  'takes candidates that overtake their description': async (world) => {
    const late: SignalBody[] = []
    const pipe = (body: SignalBody): SignalBody[] => {
      if (!('sdp' in body)) return [body, ...late.splice(0)]
      const candidates = (body.sdp.match(CANDIDATES) ?? []).map((line) => candidateOf(line.slice(2).trim()))
      late.push({ ...body, sdp: body.sdp.replace(CANDIDATES, '') })
      return candidates.length === 0 ? [] : [...candidates, ...late.splice(0)]
    }
    await withPair(world, { pipe, offererTracks: { camera: world.track('video') } }, async (pair) => {
      await flows(world, pair.answerer, 'camera')
    })
  },

  'goes on when it is given other ICE servers, before it is up and after, and bears those that no browser can use':
    async (world) => {
      const servers = [[{ urls: 'turn:127.0.0.1:1', username: 'ada', credential: 'fresh' }], [{ urls: 'rubbish' }], []]
      const pair = new Pair(world.open, { offererTracks: { camera: world.track('video') } })
      const give = () => {
        for (const end of pair.ends) for (const each of servers) end.transport.setIceServers(each)
      }
      give()
      await withPair(world, pair, async () => {
        give()
        await flows(world, pair.answerer, 'camera')
        equal(descriptions(pair), 2, 'descriptions')
      })
    },

  'bears candidates that no browser can use': async (world) => {
    const bad = [...rubbish('rubbish', '0'), ...rubbish('', null), ...rubbish('candidate', 'nowhere')]
    await withPair(world, { pipe: (body) => [...bad, body, ...bad] }, async (pair) => {
      for (const end of pair.ends) for (const body of bad) end.transport.accept(body)
      await pair.offerer.transport.setTrack('camera', world.track('video'))
      await flows(world, pair.answerer, 'camera')
    })
  },

  'fails once, and only once, by a description that is rubbish': async (world) => {
    const pipe = (body: SignalBody): SignalBody[] => ('sdp' in body ? [{ ...body, sdp: 'rubbish' }] : [body])
    const pair = new Pair(world.open, { pipe })
    await world.until('the answerer fails', () => pair.answerer.failure !== undefined)
    const { events } = pair.answerer
    pair.answerer.transport.accept({ type: 'restart' })
    await pair.answerer.transport.setTrack('camera', null)
    equal(events.filter((event) => event === 'failed').length, 1, 'failures')
    equal(events.at(-1), 'failed', 'the last event')
    pair.close()
  },

  'fails by a track that it cannot send, and rejects nothing': async (world) => {
    const pair = new Pair(world.open)
    await world.until('the pair connects', () => pair.connected)
    await pair.offerer.transport.setTrack('camera', world.track('audio'))
    equal(pair.offerer.events.at(-1), 'failed', 'the last event')
    assert(pair.offerer.failure?.includes('camera') ?? false, `${pair.offerer.failure} names the slot`)
    pair.close()
  },

  'fails by an offer with slots of another layout': async (world) => {
    const pipe = (body: SignalBody): SignalBody[] => [body.type === 'offer' ? { ...body, layout: 99 } : body]
    const pair = new Pair(world.open, { pipe })
    await world.until('the answerer fails', () => pair.answerer.failure !== undefined)
    pair.close()
  },

  'tells that its path is lost when the other end is gone, and does not close by itself': async (world) => {
    const pair = new Pair(world.open)
    await world.until('the pair connects', () => pair.connected)
    pair.offerer.transport.close()
    await world.until('the answerer notices', () => pair.answerer.events.includes('path lost'))
    for (const end of pair.ends) equal(end.failure, undefined, 'failure')
    pair.close()
  },

  'restarts ICE, again and again, while media goes on': async (world) => {
    const tracks = { offererTracks: { camera: world.track('video') }, answererTracks: { camera: world.track('video') } }
    await withPair(world, tracks, async (pair) => {
      for (const end of pair.ends) await flows(world, end, 'camera')
      const before = await Promise.all(pair.ends.map((end) => arrived(end, 'camera')))
      for (const restart of [1, 2, 3]) {
        pair.offerer.transport.restartIce()
        await world.until('the restart is answered', () => count(pair.answerer, `answer of restart ${restart}`) === 1)
        for (const end of pair.ends) await flows(world, end, 'camera')
      }
      const after = await Promise.all(pair.ends.map((end) => arrived(end, 'camera')))
      for (const [i, frames] of before.entries()) assert((after[i] ?? 0) > frames, 'frames are counted on')
      for (const end of pair.ends) equal(count(end, 'track camera'), 1, 'times that a track came')
    })
  },

  'takes the newest of restarts that follow each other at once, and drops the signals of those before': async (
    world,
  ) => {
    await withPair(world, { offererTracks: { camera: world.track('video') } }, async (pair) => {
      for (let n = 0; n < 5; n++) pair.offerer.transport.restartIce()
      await world.until('the last one is answered', () => count(pair.answerer, 'answer of restart 5') === 1)
      pair.offerer.transport.restartIce()
      await world.until('the next one is answered', () => count(pair.answerer, 'answer of restart 6') === 1)
      await flows(world, pair.answerer, 'camera')
    })
  },

  'only the offerer restarts ICE, after it has connected; an answerer does not take an answer': async (world) => {
    const pair = new Pair(world.open, { offererTracks: { camera: world.track('video') } })
    for (const end of pair.ends) end.transport.restartIce()
    await withPair(world, pair, async () => {
      pair.answerer.transport.restartIce()
      for (const body of pair.answerer.sent) pair.answerer.transport.accept(body, 1)
      for (const body of pair.offerer.sent) pair.offerer.transport.accept(body, 1)
      await flows(world, pair.answerer, 'camera')
      equal(descriptions(pair), 2, 'descriptions')
    })
  },

  'fails by a restart with the certificate of another connection [R9.11]': async (world) => {
    const other = new Pair(world.open)
    const foreign = () => other.offerer.sent.find(({ type }) => type === 'offer')
    await world.until('there is another offer', () => foreign() !== undefined)
    const pair = new Pair(world.open)
    await world.until('the pair connects', () => pair.connected)
    const offer = foreign()
    if (offer !== undefined) pair.answerer.transport.accept(offer, 1)
    await world.until('the answerer fails', () => pair.answerer.failure !== undefined)
    assert(pair.answerer.failure?.includes('certificate') ?? false, `${pair.answerer.failure} says why`)
    pair.close()
    other.close()
  },

  'says nothing after close, and bears every call': async (world) => {
    const pair = new Pair(world.open)
    const early = new Pair(world.open)
    early.close()
    await world.until('the pair connects', () => pair.connected)
    pair.close()
    const before = [...pair.ends, ...early.ends].map((end) => end.events.length)
    for (const end of [...pair.ends, ...early.ends]) {
      end.transport.close()
      for (const body of pair.answerer.sent.concat(pair.offerer.sent)) end.transport.accept(body)
      await end.transport.setTrack('camera', world.track('video'))
      end.transport.setIceServers([])
    }
    // Long enough for another pair to come up: whatever the closed ones had under way has come out by then.
    await withPair(world, {}, async () => undefined)
    equal([...pair.ends, ...early.ends].map((end) => end.events.length).join(), before.join(), 'events after close')
    equal(early.ends.flatMap((end) => end.events).join(), '', 'events of the pair that was closed at once')
  },
}

/** Waits until the pair is up, runs `check`, makes sure that nothing failed meanwhile, and closes it. */
async function withPair(world: World, of: Pair | PairOptions, check: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = of instanceof Pair ? of : new Pair(world.open, of)
  try {
    await world.until('the pair connects', () => pair.connected || pair.ends.some((end) => end.failure !== undefined))
    await check(pair)
    for (const end of pair.ends) equal(end.failure, undefined, 'failure')
  } finally {
    pair.close()
  }
}

const rubbish = (candidate: string, sdpMid: string | null): SignalBody[] => [
  { type: 'candidate', candidate, sdpMid, sdpMLineIndex: sdpMid === null ? null : 0 },
]

const all = (world: World): SlotTracks => ({
  microphone: world.track('audio'),
  camera: world.track('video'),
  screen: world.track('video'),
  screenAudio: world.track('audio'),
})

async function flows(world: World, end: End, source: Source): Promise<void> {
  const start = await arrived(end, source)
  await world.until(`${source} arrives`, async () => (await arrived(end, source)) > start + 2)
}

/** Nothing arrives from one look to the next, three times in a row. */
async function dries(world: World, end: End, source: Source): Promise<void> {
  let last = -1
  let quiet = 0
  await world.until(`${source} stops`, async () => {
    const now = await arrived(end, source)
    quiet = now === last ? quiet + 1 : 0
    last = now
    return quiet >= 3
  })
}

async function arrived(end: End, source: Source): Promise<number> {
  const { framesDecoded, packetsReceived } = (await statsOf(end)).received[source]
  return KIND_OF[source] === 'video' ? framesDecoded : packetsReceived
}

const statsOf = async (end: End): Promise<LinkStats> => linkStats(await end.transport.getStats())

const count = (end: End, event: string): number => end.events.filter((each) => each === event).length

const descriptions = (pair: Pair): number => pair.ends.flatMap((end) => end.sent).filter((body) => 'sdp' in body).length

function assert(condition: boolean, what: string): void {
  if (!condition) throw new Error(`not so: ${what}`)
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: expected ${expected}, got ${actual}`)
}

const CANDIDATES = /^a=candidate:.*\r\n/gm
/** A candidate of the first section, whose transport all sections use. */
const candidateOf = (candidate: string): SignalBody => ({
  type: 'candidate',
  candidate,
  sdpMid: null,
  sdpMLineIndex: 0,
})
