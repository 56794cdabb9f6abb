// Runs in the page: one's own media, sent over a real connection to a receiver in the same page, and played there.

import { browserAccess, checkSupport, type Support } from '../../../src/client/support'
import type { LiveStreamError } from '../../../src/errors'
import { LocalMedia } from '../../../src/media/local-media'
import { observeDom, Playback } from '../../../src/media/playback'
import { KIND_OF } from '../../../src/peering/slots'
import type { StreamKind } from '../../../src/ports/participant-media'
import { MODES, NO_SOURCES, SOURCES, type Source, type SourceStates } from '../../../src/protocol'

/** Two ends of a connection with the four slots of a link, which are there from the start. */
class Loop {
  readonly sending = new RTCPeerConnection()
  readonly receiving = new RTCPeerConnection()
  readonly senders = new Map<Source, RTCRtpSender>()

  async open(): Promise<void> {
    this.sending.onicecandidate = ({ candidate }) => void this.receiving.addIceCandidate(candidate ?? undefined)
    this.receiving.onicecandidate = ({ candidate }) => void this.sending.addIceCandidate(candidate ?? undefined)
    for (const source of SOURCES) this.senders.set(source, this.sending.addTransceiver(KIND_OF[source]).sender)
    await this.sending.setLocalDescription()
    await this.receiving.setRemoteDescription(this.sending.localDescription as RTCSessionDescription)
    await this.receiving.setLocalDescription()
    await this.sending.setRemoteDescription(this.receiving.localDescription as RTCSessionDescription)
  }

  received(source: Source): MediaStreamTrack {
    const transceiver = this.receiving.getTransceivers()[SOURCES.indexOf(source)]
    if (!transceiver) throw new Error(`no slot for ${source}`)
    return transceiver.receiver.track
  }

  /** What a slot sent so far. */
  async sent(source: Source): Promise<{ packets: number; frames: number }> {
    const stats = await this.senders.get(source)?.getStats()
    const rtp = [...(stats?.values() ?? [])].find((report) => report.type === 'outbound-rtp')
    return { packets: rtp?.packetsSent ?? 0, frames: rtp?.framesEncoded ?? 0 }
  }
}

/** Real time, unless the test holds it. */
class Delays {
  #held: Set<() => void> | undefined

  hold(): void {
    this.#held = new Set()
  }

  /** All that was held back comes to its time. */
  pass(): void {
    const due = this.#held ?? []
    this.#held = undefined
    for (const callback of due) callback()
  }

  after(delayMs: number, callback: () => void): () => void {
    const held = this.#held?.add(callback)
    if (held) return () => void held.delete(callback)
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  }
}

export class MediaPage {
  readonly loop = new Loop()
  readonly delays = new Delays()
  readonly errors: { source: Source; code: string }[] = []
  readonly blocked: boolean[] = []
  readonly streams = new Map<StreamKind, MediaStream>()
  sources: SourceStates = NO_SOURCES
  /** Every track that was ever captured, to see that none stays open. */
  readonly captured = new Set<MediaStreamTrack>()
  /** What is in the slots of the sending end, or about to be. */
  readonly sent: Partial<Record<Source, MediaStreamTrack | null>> = {}
  readonly media: LocalMedia
  readonly playback: Playback

  constructor() {
    this.media = new LocalMedia({
      ...browserAccess,
      reacquireDevices: true,
      hasWebRtc: () => true,
      clock: this.delays,
      updateMedia: async (source, change) => {
        this.sources = { ...this.sources, [source]: { ...this.sources[source], ...change } }
        this.#fold()
      },
      setTrack: async (source, track) => {
        this.sent[source] = track
        await this.loop.senders.get(source)?.replaceTrack(track)
      },
      onChange: () => {
        for (const track of Object.values(this.media.tracks())) if (track) this.captured.add(track)
      },
      onError: (source, { code }) => this.errors.push({ source, code }),
      onDevices: () => {},
    })
    this.playback = new Playback({
      stream: ({ kind }) => this.streams.get(kind),
      isSelf: () => false,
      observeDom,
      onBlocked: (blocked) => this.blocked.push(blocked),
    })
    this.#fold()
    void this.loop.open()
  }

  get support(): Support {
    return checkSupport()
  }

  codeOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => 'ok',
      (error: LiveStreamError) => error.code,
    )
  }

  get openDevices(): number {
    return [...this.captured].filter((track) => track.readyState === 'live').length
  }

  /** Shows what arrives in a slot, as the other side sees it. */
  show(source: Source): HTMLVideoElement {
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = new MediaStream([this.loop.received(source)])
    document.body.append(video)
    void video.play()
    return video
  }

  /** Mean brightness of the picture that an element shows now: 0 is black, 255 is white. */
  brightness(video: HTMLVideoElement): number {
    const canvas = document.createElement('canvas')
    canvas.width = 32
    canvas.height = 18
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (!context || video.videoWidth === 0) return -1
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let sum = 0
    for (let i = 0; i < data.length; i += 4) sum += ((data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0)) / 3
    return sum / (data.length / 4)
  }

  leave(): void {
    this.media.applyRemoteState(null, [])
  }

  #fold(): void {
    this.media.applyRemoteState({ role: 'host', sources: this.sources }, MODES.studio.sources)
  }
}

declare global {
  var mediaPage: MediaPage
}
globalThis.mediaPage = new MediaPage()
