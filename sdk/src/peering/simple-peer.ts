// The only file that imports simple-peer, which makes the offer, the answer and the candidates of one connection. Tracks and states
// come from the facade that it gets as its RTCPeerConnection.
import SimplePeer, { type PeerSignal } from 'simple-peer'
import type { Clock } from '../ports/clock'
import { type IceServer, LAYOUT, type OfferBody, type SignalBody, type Source } from '../protocol'
import { IceRestarts } from './ice-restarts'
import { LocalCandidates } from './local-candidates'
import type { MediaTransport, OpenTransport, TransportEvents, TransportPorts } from './media-transport'
import { PeerFacade } from './peer-facade'
import { SlotSenders } from './slots'
import { configurationOf, toBrowser, type WebRtc } from './webrtc'

/**
 * Transports made of the given WebRTC. Outside of browsers connections start one at a time: @roamhq/wrtc runs out of file
 * descriptors if many start together. In browsers all start at once, which is faster. Both were measured.
 */
export function simplePeerTransport(wrtc: WebRtc, clock: Clock): OpenTransport {
  const open = (ports: TransportPorts): MediaTransport => new SimplePeerTransport(wrtc, clock, ports)
  return Object.assign(open, {
    oneAtATime: typeof window === 'undefined',
    keepsIceServers: !wrtc.RTCPeerConnection.prototype?.setConfiguration,
  })
}

class SimplePeerTransport implements MediaTransport {
  readonly #offerer: boolean
  readonly #events: TransportEvents
  readonly #configuration: RTCConfiguration
  readonly #pc: RTCPeerConnection
  readonly #senders: SlotSenders
  readonly #restarts: IceRestarts
  readonly #facade: PeerFacade
  readonly #peer: SimplePeer
  /** Whether the description of the other side arrived: a transport takes only one. */
  #described = false
  #connected = false
  #closed = false

  /** @throws what the RTCPeerConnection constructor throws */
  constructor(wrtc: WebRtc, clock: Clock, ports: TransportPorts) {
    this.#offerer = ports.offerer
    this.#events = ports.events
    this.#configuration = configurationOf(ports)
    this.#pc = new wrtc.RTCPeerConnection(this.#configuration)
    this.#senders = new SlotSenders(ports.tracks)
    const newCandidates = () => new LocalCandidates(clock, ports.iceTransportPolicy)
    this.#restarts = new IceRestarts({
      pc: this.#pc,
      wrtc,
      clock,
      newCandidates,
      send: (body, restarts) => this.#live(() => this.#events.signal(body, restarts)),
      failed: (reason) => this.#fail(reason),
    })
    this.#facade = new PeerFacade({
      wrtc,
      candidates: newCandidates(),
      restarts: this.#restarts,
      pc: this.#pc,
      offerer: ports.offerer,
      begin: ports.begin,
      senders: this.#senders,
      onAdvanced: () => this.#live(() => this.#events.advanced()),
      onConnected: () => this.#connect(),
      onPath: (path) => this.#live(() => this.#events.path(path)),
      onTrack: (source, track) => this.#live(() => this.#events.track(source, track)),
    })
    this.#peer = this.#makePeer(wrtc)
  }

  offer(): OfferBody | undefined {
    const { localDescription } = this.#pc
    return localDescription?.type === 'offer' ? { type: 'offer', sdp: localDescription.sdp, layout: LAYOUT } : undefined
  }

  accept(body: SignalBody, restarts = 0): void {
    if (this.#closed || body.type === 'restart' || body.type === 'iceRestart') return
    if (restarts > 0) return this.#acceptRestart(body, restarts)
    if (body.type === 'candidate') {
      const { candidate, sdpMid, sdpMLineIndex } = body
      this.#peer.signal({ type: 'candidate', candidate: { candidate, sdpMid, sdpMLineIndex } })
      return
    }
    // simple-peer destroys the connection if it gets a description that does not fit.
    if (this.#described || (body.type === 'answer') !== this.#offerer) return
    this.#described = true
    if (body.type === 'offer' && body.layout !== LAYOUT) this.#fail(`the other side uses slot layout ${body.layout}`)
    else this.#peer.signal({ type: body.type, sdp: body.sdp })
  }

  restartIce(): number | undefined {
    return this.#connected && !this.#closed && this.#offerer ? this.#restarts.start() : undefined
  }

  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    try {
      await this.#senders.setTrack(source, track)
    } catch (error) {
      this.#fail(`the ${source} track was refused (${error instanceof Error ? error.message : error})`)
    }
  }

  /** Firefox before 119 has no such call, and it fails if one server is invalid: then the connection keeps its servers. */
  setIceServers(servers: readonly IceServer[]): void {
    try {
      this.#pc.setConfiguration({ ...this.#configuration, iceServers: servers.map(toBrowser) })
    } catch {
      // See above.
    }
  }

  lastArrival(source: Source): number | undefined | null {
    return this.#facade.lastArrival(source)
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#pc.getStats()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#senders.close()
    this.#restarts.close()
    // At once, not in simple-peer's microtask: browsers limit the number of connections.
    this.#facade.close()
    this.#peer.destroy()
  }

  /** Ignores what does not fit its role, as `accept` does. Only the offerer restarts, and only what has connected. */
  #acceptRestart(body: SignalBody, restarts: number): void {
    if (!this.#connected || body.type === (this.#offerer ? 'offer' : 'answer')) return
    if (body.type !== 'offer' || body.layout === LAYOUT) this.#restarts.accept(body, restarts)
  }

  #makePeer(wrtc: WebRtc): SimplePeer {
    const facade = this.#facade
    const peer = new SimplePeer({
      initiator: this.#offerer,
      wrtc: {
        // Called with `new`, and a constructor that returns an object yields that object.
        RTCPeerConnection: function RTCPeerConnection() {
          return facade
        },
        RTCSessionDescription: wrtc.RTCSessionDescription,
        // A constructor that throws would end the connection. The facade makes the real one, and ignores its error.
        RTCIceCandidate: function RTCIceCandidate(init: RTCIceCandidateInit) {
          return { ...init }
        },
      },
      channelName: 'peerstage',
      channelConfig: { negotiated: true, id: 0 },
    })
    peer.on('signal', (signal) => this.#signal(signal))
    peer.on('error', (error) => this.#fail(error.message))
    peer.on('close', () => this.#fail('the connection was closed'))
    return peer
  }

  #signal(signal: PeerSignal): void {
    const body = bodyOf(signal)
    if (body !== undefined) this.#live(() => this.#events.signal(body, 0))
  }

  #connect(): void {
    if (this.#connected) return
    this.#connected = true
    this.#live(() => this.#events.connected())
  }

  #fail(reason: string): void {
    if (this.#closed) return
    this.close()
    this.#events.failed(reason)
  }

  #live(emit: () => void): void {
    if (!this.#closed) emit()
  }
}

/** Undefined for simple-peer's requests to renegotiate, and for the empty candidate that ends the list. */
function bodyOf(signal: PeerSignal): SignalBody | undefined {
  switch (signal.type) {
    case 'offer':
      return { type: 'offer', sdp: signal.sdp, layout: LAYOUT }
    case 'answer':
      return { type: 'answer', sdp: signal.sdp }
    case 'candidate':
      return signal.candidate.candidate === '' ? undefined : { type: 'candidate', ...signal.candidate }
    default:
      return undefined
  }
}
