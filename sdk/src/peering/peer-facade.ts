import type { Source } from '../protocol'
import type { IceRestarts } from './ice-restarts'
import type { LocalCandidates } from './local-candidates'
import type { Path } from './media-transport'
import type { SlotSenders } from './slots'
import { addSlots, slotsOf, takeSlots } from './slots'
import type { WebRtc } from './webrtc'

type Handler<E = Event> = ((event: E) => void) | null

export type PeerFacadePorts = {
  readonly wrtc: WebRtc
  readonly candidates: LocalCandidates
  readonly restarts: IceRestarts
  readonly pc: RTCPeerConnection
  readonly offerer: boolean
  readonly begin: Promise<void> | undefined
  readonly senders: SlotSenders
  readonly onAdvanced: () => void
  readonly onConnected: () => void
  /** After `onConnected`. simple-peer would close the connection when its path is lost. */
  readonly onPath: (path: Path) => void
  readonly onTrack: (source: Source, track: MediaStreamTrack) => void
}

const PATHS: Readonly<Partial<Record<RTCPeerConnectionState, Path>>> = {
  connected: 'up',
  disconnected: 'unwell',
  failed: 'lost',
}

/**
 * A facade of the real RTCPeerConnection, which simple-peer uses as its connection. It adds the four slots, which simple-peer does
 * not know, and hides what would make simple-peer close a working connection. It has only the members that simple-peer calls.
 */
export class PeerFacade {
  oniceconnectionstatechange: Handler = null
  onconnectionstatechange: Handler = null
  onicecandidate: Handler<RTCPeerConnectionIceEvent> = null
  readonly #pc: RTCPeerConnection
  readonly #ports: PeerFacadePorts
  readonly #streams: readonly MediaStream[]
  #channel: RTCDataChannel | null = null
  #filled: Promise<void> = Promise.resolve()
  readonly #receivers = new Map<Source, RTCRtpReceiver>()
  #hasTracks = false
  #wasConnected = false
  readonly #states = new Set<string>()

  constructor(ports: PeerFacadePorts) {
    const { wrtc, pc, offerer } = ports
    this.#ports = ports
    this.#pc = pc
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

  get localDescription(): RTCSessionDescription | null {
    return this.#pc.localDescription
  }

  get remoteDescription(): RTCSessionDescription | null {
    return this.#pc.remoteDescription
  }

  /** simple-peer closes the whole connection when its channel closes. So it does not get the channel. */
  createDataChannel(label: string, init: RTCDataChannelInit): void {
    this.#channel = this.#pc.createDataChannel(label, init)
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    await this.#filled
    const { begin } = this.#ports
    if (begin === undefined) return this.#describe(() => this.#pc.createOffer(), this.#filled)
    const offer = await this.#pc.createOffer()
    await begin
    return this.#describe(async () => offer, this.#filled, offer)
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    const filled = this.#ports.senders.attach(takeSlots(this.#pc, this.#streams))
    return this.#describe(() => this.#pc.createAnswer(), filled)
  }

  /** The description was set when it was made. */
  async setLocalDescription(): Promise<void> {}

  /** Reads the receiving tracks from the transceivers, as the order of `track` events differs between browsers. */
  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await this.#pc.setRemoteDescription(description)
    if (this.#pc.signalingState === 'closed') return
    for (const [source, { receiver }] of slotsOf(this.#pc)) {
      this.#receivers.set(source, receiver)
      this.#ports.onTrack(source, receiver.track)
    }
    this.#hasTracks = true
    this.#tellConnected()
  }

  /** Ignores a candidate that cannot be used, as others may work. simple-peer would close the connection. */
  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#pc.addIceCandidate(new this.#ports.wrtc.RTCIceCandidate(candidate))
    } catch {
      // See above.
    }
  }

  /** Missing in @roamhq/wrtc. */
  lastArrival(source: Source): number | undefined | null {
    const receiver = this.#receivers.get(source)
    if (receiver?.getSynchronizationSources === undefined) return null
    return receiver.getSynchronizationSources()[0]?.timestamp
  }

  close(): void {
    const pc = this.#pc
    pc.oniceconnectionstatechange = null
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
      if (!this.#wasConnected) this.oniceconnectionstatechange?.(event)
    }
    pc.onsignalingstatechange = () => this.#enter(`signaling ${pc.signalingState}`)
    pc.onicecandidate = (event) => {
      const { restarts, candidates } = this.#ports
      if (restarts.number > 0) restarts.found(event.candidate)
      else if (candidates.find(event.candidate)) this.onicecandidate?.(event)
    }
    pc.onconnectionstatechange = (event) => {
      this.#enter(`connection ${pc.connectionState}`)
      if (this.#wasConnected) return this.#tellPath()
      this.#tellConnected()
      this.onconnectionstatechange?.(event)
    }
  }

  /**
   * Makes and sets a description: in one step where the connection can do that, which Safari before 14.1 and @roamhq/wrtc cannot.
   * With 19 links this saves a tenth of the newcomer's work. Resolves when it is to be sent.
   * @param filled the slots have their tracks; meanwhile the description is made
   * @param made the description, if it is made already
   */
  async #describe(
    make: () => Promise<RTCSessionDescriptionInit>,
    filled: Promise<void>,
    made?: RTCSessionDescriptionInit,
  ): Promise<RTCSessionDescriptionInit> {
    const pc = this.#pc
    const set = pc.setLocalDescription(made).catch(async () => pc.setLocalDescription(await make()))
    await Promise.all([set, filled])
    await this.#ports.candidates.first()
    return pc.localDescription ?? make()
  }

  #enter(state: string): void {
    if (this.#states.has(state)) return
    this.#states.add(state)
    this.#ports.onAdvanced()
  }

  /** In Node the connection may be connected before the promise of its last description resolves. */
  #tellConnected(): void {
    if (!this.#hasTracks || this.#pc.connectionState !== 'connected') return
    this.#wasConnected = true
    this.#ports.onConnected()
  }

  #tellPath(): void {
    const path = PATHS[this.#pc.connectionState]
    if (path !== undefined) this.#ports.onPath(path)
  }

  #addSlots(): void {
    this.#filled = this.#ports.senders.attach(addSlots(this.#pc, this.#streams))
    // The caller of `createOffer` gets the failure; until then it must not count as unhandled.
    this.#filled.catch(() => undefined)
  }
}
