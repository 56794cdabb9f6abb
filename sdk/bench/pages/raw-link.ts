// Runs in the page: a bare RTCPeerConnection, written as well as it can be: few codecs, one transport, candidates as they come.
import { trimCodecs } from '../../src/peering/codecs'

export type RawSignal = { readonly description?: RTCSessionDescriptionInit; readonly candidate?: RTCIceCandidateInit }
export type RawSlots = 'one track' | 'four slots' | 'data channel'

const KINDS = {
  'one track': ['video'],
  'four slots': ['audio', 'video', 'video', 'audio'],
  'data channel': [],
} as const
const CAMERA = { 'one track': 0, 'four slots': 1, 'data channel': -1 } as const

export type RawOptions = {
  readonly slots: RawSlots
  /** What it sends: undefined for nothing. */
  readonly media: MediaStream | undefined
  readonly certificate?: RTCCertificate
  readonly send: (signal: RawSignal) => void
}

export class RawLink {
  readonly pc: RTCPeerConnection
  readonly #options: RawOptions

  constructor(options: RawOptions) {
    this.#options = options
    const certificates = options.certificate === undefined ? {} : { certificates: [options.certificate] }
    this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', ...certificates })
    // As ours: a channel beside the slots, known to both ends.
    if (options.slots !== 'one track') this.pc.createDataChannel('raw', { negotiated: true, id: 0 })
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate) options.send({ candidate: candidate.toJSON() })
    }
  }

  /** What comes by the camera's slot, once the descriptions are set. */
  get camera(): MediaStreamTrack | undefined {
    return this.pc.getTransceivers()[CAMERA[this.#options.slots]]?.receiver.track
  }

  async offer(): Promise<void> {
    for (const kind of KINDS[this.#options.slots]) trimCodecs(this.pc.addTransceiver(kind, { direction: 'sendrecv' }))
    await this.#fill()
    await this.#describe()
  }

  async receive({ description, candidate }: RawSignal): Promise<void> {
    if (candidate) return this.pc.addIceCandidate(candidate)
    if (!description) return
    await this.pc.setRemoteDescription(description)
    if (description.type === 'answer') return
    for (const transceiver of this.pc.getTransceivers()) {
      transceiver.direction = 'sendrecv'
      trimCodecs(transceiver)
    }
    await this.#fill()
    await this.#describe()
  }

  async #describe(): Promise<void> {
    await this.pc.setLocalDescription()
    if (this.pc.localDescription) this.#options.send({ description: this.pc.localDescription.toJSON() })
  }

  async #fill(): Promise<void> {
    const { media, slots } = this.#options
    const senders = this.pc.getTransceivers().map(({ sender }) => sender)
    const [camera, microphone] = [media?.getVideoTracks()[0], media?.getAudioTracks()[0]]
    if (camera) await senders[CAMERA[slots]]?.replaceTrack(camera)
    if (microphone && slots === 'four slots') await senders[0]?.replaceTrack(microphone)
  }
}
