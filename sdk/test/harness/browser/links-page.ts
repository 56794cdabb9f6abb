// Runs in the page: real transports on both ends of a pair, and an eye on the connections that they make.

import { SharedCertificate } from '../../../src/peering/shared-certificate'
import { simplePeerTransport } from '../../../src/peering/simple-peer'
import type { LinkStats } from '../../../src/peering/stats'
import { linkStats } from '../../../src/peering/stats'
import { systemClock } from '../../../src/ports/clock'
import { mediaTransportContract, type World } from '../../contract/media-transport'
import { type End, Pair, type PairOptions } from '../transport-pair'
import { LinksRoom } from './links-room'

/** Bounds a hang; nothing is measured against it. */
const LIMIT_MS = 60_000

/** Every RTCPeerConnection of the page, with what was called on it. */
const connections: { pc: RTCPeerConnection; channels: RTCDataChannel[]; remoteDescriptions: number }[] = []

watchConnections()

const open = simplePeerTransport(window, systemClock)
const world: World = { open, track: (kind) => (kind === 'audio' ? tone() : picture()), until }

const linksPage = {
  runContract: (name: string) =>
    mediaTransportContract[name]?.(world) ?? Promise.reject(new Error(`no scenario ${name}`)),

  /** The whole life of a link, told as what was seen. */
  async oneNegotiation() {
    return inPair({ offererTracks: { microphone: tone(), camera: picture() } }, async (pair) => {
      const { offerer, answerer } = pair
      await framesArrive(answerer, 'camera')
      await answerer.transport.setTrack('screen', picture())
      await answerer.transport.setTrack('screenAudio', tone())
      await framesArrive(offerer, 'screen')
      await offerer.transport.setTrack('camera', null)
      await offerer.transport.setTrack('camera', picture())
      await framesArrive(answerer, 'camera')
      return connections.map(({ pc, remoteDescriptions }) => ({
        remoteDescriptions,
        directions: pc.getTransceivers().map(({ currentDirection }) => currentDirection),
      }))
    })
  },

  /** Which slots arrive in one stream, at both ends: the browser keeps those in step. */
  async streamsOfSlots() {
    const streams: string[][] = []
    const seen = (event: RTCTrackEvent) => event.streams.map(({ id }) => id).join()
    await inPair(
      {},
      async () => undefined,
      () => {
        for (const { pc } of connections) {
          const ids: string[] = []
          streams.push(ids)
          pc.addEventListener('track', (event) => ids.push(seen(event)))
        }
      },
    )
    return streams
  },

  /** A message each way over simple-peer's data channel, and then its end, which must not be the end of the media. */
  async dataChannel() {
    return inPair({ offererTracks: { camera: picture() } }, async ({ answerer, offerer }) => {
      await framesArrive(answerer, 'camera')
      const channels = connections.map(({ channels: [channel] }) => channel as RTCDataChannel)
      await until('the channels open', () => channels.every(({ readyState }) => readyState === 'open'))
      const heard = channels.map(
        (channel) => new Promise((resolve) => channel.addEventListener('message', (event) => resolve(event.data))),
      )
      for (const [i, channel] of channels.entries()) channel.send(`from ${i}`)
      const messages = await Promise.all(heard)
      channels[0]?.close()
      await until('the channels close', () => channels.every(({ readyState }) => readyState === 'closed'))
      await framesArrive(answerer, 'camera')
      return { ids: channels.map(({ id }) => id), messages, failures: [offerer.failure, answerer.failure] }
    })
  },

  async stats(): Promise<LinkStats[]> {
    return inPair({ offererTracks: { camera: picture(), microphone: tone() } }, async ({ ends, answerer }) => {
      await framesArrive(answerer, 'camera')
      const read = async () => Promise.all(ends.map(async ({ transport }) => linkStats(await transport.getStats())))
      await until('a round trip is measured', async () => (await read()).every(({ rttMs }) => rttMs !== null))
      return read()
    })
  },

  /** What the browser is told of servers, without and with some. */
  iceServersSeen() {
    connections.length = 0
    const iceServers = [
      { urls: 'stun:127.0.0.1:1' },
      { urls: ['turn:127.0.0.1:1'], username: 'ada', credential: 'secret' },
    ]
    for (const options of [{}, { iceServers }]) new Pair(open, options).close()
    return connections.map(({ pc }) => pc.getConfiguration().iceServers)
  },

  /** Codecs by name, as `video/VP8`: of an offer and its answer, and of an offer that the browser makes when left alone. */
  async codecs() {
    const bare = new RTCPeerConnection()
    for (const kind of ['audio', 'video']) bare.addTransceiver(kind)
    const untouched = codecsOf((await bare.createOffer()).sdp)
    bare.close()
    const described = await inPair({}, async ({ ends }) =>
      ends.map(({ sent }) => codecsOf(sent.map((body) => ('sdp' in body ? body.sdp : '')).join(''))),
    )
    return { described, untouched }
  },

  /** A certificate that has ended, given to a connection: by itself, and by what shares it. */
  async endedCertificate() {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', expires: 1 }
    const ended = await RTCPeerConnection.generateCertificate(algorithm)
    const shared = new SharedCertificate(async () => ended, Date.now)
    await shared.prepare()
    await until('it ends', () => ended.expires < Date.now())
    const refused = await inPair({ certificate: ended }, async () => undefined).catch(({ name }: Error) => name)
    return { refused, connected: await inPair({ certificate: shared.take() }, async ({ connected }) => connected) }
  },

  /** Opens and closes pairs, and answers with how many connections were left open. */
  async openAndClose(times: number) {
    for (let i = 0; i < times; i++) await inPair({}, async () => undefined)
    return connections.filter(({ pc }) => pc.connectionState !== 'closed').length
  },

  /** Three see each other; then one loads its page anew. Answers with the epochs before and after. */
  async reload() {
    connections.length = 0
    const room = new LinksRoom()
    const enter = (id: string) => room.enter(id).setTrack('camera', picture())
    const allSee = async () => {
      await until('all links are up', () => room.allConnected)
      await until('all pictures', async () => [...(await room.frames()).values()].every((frames) => frames > 3))
      return room.epochs.sort()
    }
    for (const id of ['ada', 'bob', 'cy']) await enter(id)
    const before = await allSee()
    await enter('ada')
    const after = await allSee()
    room.close()
    return { before, after, open: connections.filter(({ pc }) => pc.connectionState !== 'closed').length }
  },
}

export type LinksPage = typeof linksPage
Object.assign(window, { linksPage })

async function inPair<T>(options: PairOptions, look: (pair: Pair) => Promise<T>, opened?: () => void): Promise<T> {
  connections.length = 0
  const pair = new Pair(open, options)
  opened?.()
  try {
    await until('the pair connects', () => pair.connected)
    return await look(pair)
  } finally {
    pair.close()
  }
}

/** Of the first media section of each kind. */
function codecsOf(sdp = ''): string[] {
  const sections = sdp.split('\r\nm=').slice(1, 3)
  return sections.flatMap((section) => {
    const names = [...section.matchAll(/a=rtpmap:\d+ ([^/]+)/g)].map(([, name]) => name)
    return names.map((name) => `${section.slice(0, 5)}/${name}`)
  })
}

async function framesArrive({ transport }: End, source: 'camera' | 'screen'): Promise<void> {
  const frames = async () => linkStats(await transport.getStats()).received[source].framesDecoded
  const start = await frames()
  await until(`${source} moves`, async () => (await frames()) > start + 3)
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function watchConnections(): void {
  const Original = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Original {
    readonly #record = { pc: this as RTCPeerConnection, channels: [] as RTCDataChannel[], remoteDescriptions: 0 }

    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      connections.push(this.#record)
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, init)
      this.#record.channels.push(channel)
      return channel
    }

    override setRemoteDescription = (description: RTCSessionDescriptionInit): Promise<void> => {
      this.#record.remoteDescriptions++
      return (super.setRemoteDescription as (description: RTCSessionDescriptionInit) => Promise<void>).call(
        this,
        description,
      )
    }
  }
}

/** A small picture that changes ten times a second. */
function picture(): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 })
  const context = canvas.getContext('2d') as CanvasRenderingContext2D
  let hue = 0
  const paint = () => {
    hue = (hue + 23) % 360
    context.fillStyle = `hsl(${hue} 80% 50%)`
    context.fillRect(0, 0, canvas.width, canvas.height)
  }
  paint()
  setInterval(paint, 100)
  return canvas.captureStream(10).getVideoTracks()[0] as MediaStreamTrack
}

function tone(): MediaStreamTrack {
  const audio = new AudioContext()
  const destination = audio.createMediaStreamDestination()
  const oscillator = audio.createOscillator()
  oscillator.connect(destination)
  oscillator.start()
  return destination.stream.getAudioTracks()[0] as MediaStreamTrack
}
