import { SOURCES, type Source } from '../protocol'
import { trimCodecs } from './codecs'
import type { Slots } from './slots'
import type { WebRtc } from './webrtc'

type Handler<E = Event> = ((event: E) => void) | null

export type PeerFacadeOptions = {
  readonly wrtc: WebRtc
  readonly configuration: RTCConfiguration
  readonly offerer: boolean
  readonly slots: Slots
  readonly onAdvanced: () => void
  readonly onConnected: () => void
  readonly onTrack: (source: Source, track: MediaStreamTrack) => void
}

/** Two streams, so that a receiver keeps lips and voice together: the talk, and the screen with its sound. */
const STREAM_OF: Readonly<Record<Source, 0 | 1>> = { microphone: 0, camera: 0, screen: 1, screenAudio: 1 }

const KIND_OF = { microphone: 'audio', camera: 'video', screen: 'video', screenAudio: 'audio' } as const

/**
 * Stands between simple-peer and the real RTCPeerConnection, as the connection that simple-peer is given. It holds what
 * simple-peer has no idea of: the four slots. And it keeps from simple-peer what would make it give up a sound connection.
 * It has only the members that simple-peer calls.
 */
export class PeerFacade {
  oniceconnectionstatechange: Handler = null
  onicegatheringstatechange: Handler = null
  onconnectionstatechange: Handler = null
  onsignalingstatechange: Handler = null
  onicecandidate: Handler<RTCPeerConnectionIceEvent> = null
  readonly #pc: RTCPeerConnection
  readonly #options: PeerFacadeOptions
  readonly #streams: readonly MediaStream[]
  #channel: RTCDataChannel | null = null
  #filled: Promise<void> = Promise.resolve()
  #toldTracks = false
  readonly #states = new Set<string>()

  /** @throws what the RTCPeerConnection constructor throws */
  constructor(options: PeerFacadeOptions) {
    const { wrtc, configuration, offerer } = options
    this.#options = options
    this.#pc = new wrtc.RTCPeerConnection(configuration)
    this.#streams = [new wrtc.MediaStream(), new wrtc.MediaStream()]
    this.#listen()
    if (offerer) this.#addSlots()
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#pc.connectionState
  }

  get iceConnectionState(): RTCIceConnectionState {
    return this.#pc.iceConnectionState
  }

  get iceGatheringState(): RTCIceGatheringState {
    return this.#pc.iceGatheringState
  }

  get signalingState(): RTCSignalingState {
    return this.#pc.signalingState
  }

  get localDescription(): RTCSessionDescription | null {
    return this.#pc.localDescription
  }

  get remoteDescription(): RTCSessionDescription | null {
    return this.#pc.remoteDescription
  }

  /** simple-peer ends the whole connection when its channel closes, and media with it. So it never sees the channel. */
  createDataChannel(label: string, init: RTCDataChannelInit): void {
    this.#channel = this.#pc.createDataChannel(label, init)
  }

  async createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit> {
    await this.#filled
    return this.#pc.createOffer(options)
  }

  /** What the answer does not take up can never be used, so all four slots are opened for both directions first. */
  async createAnswer(options?: RTCAnswerOptions): Promise<RTCSessionDescriptionInit> {
    const slots = this.#slotTransceivers()
    for (const [source, transceiver] of slots) {
      transceiver.direction = 'sendrecv'
      // Missing in Firefox before 113: there, lips and voice may drift apart, nothing else.
      transceiver.sender.setStreams?.(this.#streamOf(source))
      trimCodecs(transceiver)
    }
    await this.#options.slots.attach(slots.map(([, { sender }]) => sender))
    return this.#pc.createAnswer(options)
  }

  setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#pc.setLocalDescription(description)
  }

  /** The receiving tracks are read from the transceivers: their `track` events say no more, in an order that differs. */
  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await this.#pc.setRemoteDescription(description)
    if (this.#pc.signalingState === 'closed') return
    for (const [source, { receiver }] of this.#slotTransceivers()) this.#options.onTrack(source, receiver.track)
    this.#toldTracks = true
    this.#tellConnected()
  }

  /** A candidate that cannot be used is one way less, and no reason to give up the others; simple-peer would. */
  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#pc.addIceCandidate(new this.#options.wrtc.RTCIceCandidate(candidate))
    } catch {
      // See above.
    }
  }

  /** Firefox before 119 has no such call, and one bad server makes it fail: the connection then keeps those that it has. */
  setIceServers(iceServers: RTCIceServer[]): void {
    try {
      this.#pc.setConfiguration({ ...this.#options.configuration, iceServers })
    } catch {
      // See above.
    }
  }

  realStats(): Promise<RTCStatsReport> {
    return this.#pc.getStats()
  }

  close(): void {
    const pc = this.#pc
    pc.oniceconnectionstatechange = null
    pc.onicegatheringstatechange = null
    pc.onconnectionstatechange = null
    pc.onsignalingstatechange = null
    pc.onicecandidate = null
    this.#channel?.close()
    this.#channel = null
    pc.close()
  }

  #listen(): void {
    const pc = this.#pc
    pc.oniceconnectionstatechange = (event) => {
      this.#enter(`ice ${pc.iceConnectionState}`)
      this.oniceconnectionstatechange?.(event)
    }
    pc.onicegatheringstatechange = (event) => this.onicegatheringstatechange?.(event)
    pc.onsignalingstatechange = (event) => {
      this.#enter(`signaling ${pc.signalingState}`)
      this.onsignalingstatechange?.(event)
    }
    pc.onicecandidate = (event) => this.onicecandidate?.(event)
    pc.onconnectionstatechange = (event) => {
      this.#enter(`connection ${pc.connectionState}`)
      this.#tellConnected()
      this.onconnectionstatechange?.(event)
    }
  }

  #enter(state: string): void {
    if (this.#states.has(state)) return
    this.#states.add(state)
    this.#options.onAdvanced()
  }

  /** In Node the connection may be up before the promise of its last description resolves. */
  #tellConnected(): void {
    if (this.#toldTracks && this.#pc.connectionState === 'connected') this.#options.onConnected()
  }

  #addSlots(): void {
    const senders = SOURCES.map((source) => {
      const transceiver = this.#pc.addTransceiver(KIND_OF[source], {
        direction: 'sendrecv',
        streams: [this.#streamOf(source)],
      })
      trimCodecs(transceiver)
      return transceiver.sender
    })
    this.#filled = this.#options.slots.attach(senders)
    // The caller that creates the offer gets a failure; until then it must not count as unhandled.
    this.#filled.catch(() => undefined)
  }

  #streamOf(source: Source): MediaStream {
    return this.#streams[STREAM_OF[source]] as MediaStream
  }

  /** The connection's transceivers, one per slot. @throws when the other side offers another layout */
  #slotTransceivers(): (readonly [Source, RTCRtpTransceiver])[] {
    const transceivers = this.#pc.getTransceivers()
    const kinds = transceivers.map(({ receiver }) => receiver.track.kind).join()
    const expected = SOURCES.map((source) => KIND_OF[source]).join()
    if (kinds !== expected) throw new Error(`the other side's slots are ${kinds || 'none'}, not ${expected}`)
    return transceivers.flatMap((transceiver, i) =>
      SOURCES.slice(i, i + 1).map((source) => [source, transceiver] as const),
    )
  }
}
