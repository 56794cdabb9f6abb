// Connections without a network, for links and meshes: they do what the contract says, in time that the test moves.

import type { MediaTransport, OpenTransport, TransportPorts } from '../../src/peering/media-transport'
import { KIND_OF } from '../../src/peering/slots'
import type { Clock } from '../../src/ports/clock'
import { type IceServer, LAYOUT, type OfferBody, type SignalBody, SOURCES, type Source } from '../../src/protocol'

/** How long an end takes to notice that the other one is gone. */
export const CONSENT_MS = 15_000

export const fakeTrack = (kind: 'audio' | 'video', id: string = kind) => ({ kind, id }) as MediaStreamTrack

/** A description that a link lets through: it has the sections of the layout. */
export const sdp = (says: string): string => [says, ...SECTIONS.map((kind) => `m=${kind} 9 X 0`)].join('\r\n')

const SECTIONS = [...SOURCES.map((source) => KIND_OF[source]), 'application']

/** All transports of a test, both sides. */
export class FakeNetwork {
  readonly transports: FakeTransport[] = []
  /** Whether ends that know of each other find a way. */
  reachable = true
  /** Makes the next open throw, as a browser does that has too many connections. */
  refuseOpen = false
  oneAtATime = false
  keepsIceServers = false
  readonly #clock: Clock
  readonly #mostLive = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  opener(owner = ''): OpenTransport {
    const open = (ports: TransportPorts): MediaTransport => {
      if (this.refuseOpen) throw new Error('too many connections')
      const transport = new FakeTransport(owner, this.transports.length, ports, this, this.#clock)
      this.transports.push(transport)
      this.#mostLive.set(owner, Math.max(this.mostLive(owner), this.live(owner).length))
      return transport
    }
    return Object.assign(open, { oneAtATime: this.oneAtATime, keepsIceServers: this.keepsIceServers })
  }

  live(owner: string): FakeTransport[] {
    return this.transports.filter((transport) => transport.owner === owner && !transport.closed)
  }

  /** How many were live at the same time, at most. */
  mostLive(owner: string): number {
    return this.#mostLive.get(owner) ?? 0
  }

  last(owner: string): FakeTransport {
    const transport = this.transports.filter((each) => each.owner === owner).at(-1)
    if (transport === undefined) throw new Error(`${owner} has no transport`)
    return transport
  }
}

export class FakeTransport implements MediaTransport {
  readonly accepted: SignalBody[] = []
  readonly slots: Record<Source, MediaStreamTrack | null>
  readonly ports: TransportPorts
  /** With which it would gather now. */
  iceServers: readonly IceServer[]
  readonly owner: string
  closed = false
  connected = false
  refuseTracks = false
  /** How often ICE has restarted. */
  restarts = 0
  /** When the last packet of a slot arrived. */
  readonly arrivals: Partial<Record<Source, number>> = {}
  readonly #id: number
  readonly #network: FakeNetwork
  readonly #clock: Clock
  readonly #frames: Record<Source, number> = { microphone: 0, camera: 0, screen: 0, screenAudio: 0 }
  #peerId: number | undefined
  #candidates = 0
  readonly #steps = new Set<string>()

  constructor(owner: string, id: number, ports: TransportPorts, network: FakeNetwork, clock: Clock) {
    this.owner = owner
    this.ports = ports
    this.slots = { ...ports.tracks }
    this.iceServers = ports.iceServers
    this.#id = id
    this.#network = network
    this.#clock = clock
    const offer = () => this.#describe({ type: 'offer', sdp: sdp(`offer ${id}`), layout: LAYOUT })
    if (ports.offerer && ports.begin === undefined) offer()
    else if (ports.offerer) void ports.begin?.then(offer)
  }

  offer(): OfferBody {
    return { type: 'offer', sdp: sdp(`offer ${this.#id}\r\na=candidate:${this.#id} typ host`), layout: LAYOUT }
  }

  accept(body: SignalBody, restarts = 0): void {
    if (this.closed) return
    this.accepted.push(structuredClone(body))
    if (restarts > 0) return this.#acceptRestart(body, restarts)
    if (body.type === 'candidate' && body.candidate.startsWith('candidate:')) this.#candidates++
    if (body.type === 'offer' || body.type === 'answer') this.#acceptDescription(body)
    this.#tryConnect()
  }

  restartIce(): number | undefined {
    if (!this.connected || !this.ports.offerer) return undefined
    const restarts = ++this.restarts
    this.#later(() =>
      this.ports.events.signal({ type: 'offer', sdp: sdp(`offer ${this.#id}`), layout: LAYOUT }, restarts),
    )
    return restarts
  }

  lastArrival(source: Source): number | undefined {
    return this.arrivals[source]
  }

  /** As a browser tells it that hears nothing on the path any more. */
  losePath(path: 'unwell' | 'lost'): void {
    if (!this.closed) this.ports.events.path(path)
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (this.closed) return
    if (this.refuseTracks || (track && track.kind !== KIND_OF[source]))
      return this.fail(`the ${source} track was refused`)
    this.slots[source] = track
  }

  setIceServers(servers: readonly IceServer[]): void {
    if (!this.closed) this.iceServers = servers
  }

  /** As a browser's, as far as it is read: what the other end has in its slots arrives, a frame at each look. */
  async getStats(): Promise<RTCStatsReport> {
    const peer = this.connected ? this.#peer : undefined
    const entries = SOURCES.map((source, mid) => {
      if (peer?.slots[source]) this.#frames[source]++
      const counters = { packetsReceived: this.#frames[source], framesDecoded: this.#frames[source] }
      return [
        source,
        { id: source, type: 'inbound-rtp', mid: String(mid), kind: KIND_OF[source], ...counters },
      ] as const
    })
    return new Map<string, object>(entries)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.connected = false
    const peer = this.#peer
    if (peer?.connected) this.#clock.after(CONSENT_MS, () => peer.losePath('lost'))
  }

  fail(reason: string): void {
    if (this.closed) return
    this.close()
    this.ports.events.failed(reason)
  }

  get #peer(): FakeTransport | undefined {
    return this.#peerId === undefined ? undefined : this.#network.transports[this.#peerId]
  }

  #acceptDescription(body: Extract<SignalBody, { sdp: string }>): void {
    if (this.#peerId !== undefined || (body.type === 'answer') !== this.ports.offerer) return
    if (body.sdp.includes('a=candidate:')) this.#candidates++
    const [, from, to] = /^(?:offer|answer) (\d+)(?: to (\d+))?$/m.exec(body.sdp) ?? []
    const fits = from !== undefined && (body.type === 'offer' ? body.layout === LAYOUT : Number(to) === this.#id)
    this.#peerId = fits ? Number(from) : -1
    if (!fits) {
      this.#later(() => this.fail('a bad description'))
      return
    }
    this.#later(() => {
      this.#step('described')
      for (const source of SOURCES) this.ports.events.track(source, fakeTrack(KIND_OF[source], `${from} ${source}`))
      if (body.type === 'offer') this.#describe({ type: 'answer', sdp: sdp(`answer ${this.#id} to ${from}`) })
    })
  }

  #acceptRestart(body: SignalBody, restarts: number): void {
    if (!this.connected || body.type === (this.ports.offerer ? 'offer' : 'answer')) return
    if ('sdp' in body && !body.sdp.includes(` ${this.#peerId}\r\n`))
      return this.fail('the other side has another certificate')
    if (body.type === 'offer' && restarts > this.restarts) {
      this.restarts = restarts
      this.#later(() => this.ports.events.signal({ type: 'answer', sdp: sdp(`answer ${this.#id}`) }, restarts))
    } else if (body.type !== 'answer' || restarts !== this.restarts) return
    this.#later(() => {
      if (this.#network.reachable) for (const end of [this, this.#peer]) end?.ports.events.path('up')
    })
  }

  #describe(body: SignalBody): void {
    this.#later(() => {
      this.#step('describing')
      this.ports.events.signal(body, 0)
      const candidate = `candidate:${this.#id} typ host`
      this.#later(() => this.ports.events.signal({ type: 'candidate', candidate, sdpMid: '0', sdpMLineIndex: 0 }, 0))
    })
  }

  /** A way is found once the two know of each other and one of them knows a candidate of the other. */
  #tryConnect(): void {
    const peer = this.#peer
    if (this.#peerId !== undefined && this.#candidates > 0) this.#later(() => this.#step('checking'))
    if (peer === undefined || peer.#peerId !== this.#id || peer.closed || this.connected) return
    if (!this.#network.reachable || this.#candidates + peer.#candidates === 0) return
    for (const end of [this, peer]) {
      end.connected = true
      // After the tracks, which come a moment after the description.
      end.#later(() => end.#later(() => end.ports.events.connected()))
    }
  }

  #step(state: string): void {
    if (this.#steps.has(state)) return
    this.#steps.add(state)
    this.ports.events.advanced()
  }

  #later(act: () => void): void {
    this.#clock.after(1, () => {
      if (!this.closed) act()
    })
  }
}
