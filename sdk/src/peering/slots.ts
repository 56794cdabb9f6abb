// The four slots of a connection: its transceivers in their order, and the senders that tracks are put into.
import { perSource, type SlotTracks } from '../ports/participant-media'
import { SOURCES, type Source } from '../protocol'
import { trimCodecs } from './codecs'

/** The kind of track in each slot. */
export const KIND_OF = { microphone: 'audio', camera: 'video', screen: 'video', screenAudio: 'audio' } as const

/** Two streams, so that a receiver keeps picture and sound in sync: the talk, and the screen with its sound. */
const STREAM_OF: Readonly<Record<Source, 0 | 1>> = { microphone: 0, camera: 0, screen: 1, screenAudio: 1 }

/** The offerer's slots. Returns their senders, in the order of SOURCES. */
export function addSlots(pc: RTCPeerConnection, streams: readonly MediaStream[]): RTCRtpSender[] {
  return SOURCES.map((source) => {
    const init = { direction: 'sendrecv', streams: streamsOf(source, streams) } as const
    const transceiver = pc.addTransceiver(KIND_OF[source], init)
    trimCodecs(transceiver)
    return transceiver.sender
  })
}

/**
 * The answerer's slots, as in the offer. A slot that the answer rejects can never be used, so all four are opened for both
 * directions. Their codecs are those of the offer. Returns their senders, in the order of SOURCES.
 * @throws when the other side offers another layout
 */
export function takeSlots(pc: RTCPeerConnection, streams: readonly MediaStream[]): RTCRtpSender[] {
  return slotsOf(pc).map(([source, transceiver]) => {
    transceiver.direction = 'sendrecv'
    // Missing in Firefox before 113: there picture and sound may get out of sync.
    transceiver.sender.setStreams?.(...streamsOf(source, streams))
    return transceiver.sender
  })
}

/** The connection's transceivers, one per slot. @throws when the other side offers another layout */
export function slotsOf(pc: RTCPeerConnection): (readonly [Source, RTCRtpTransceiver])[] {
  const transceivers = pc.getTransceivers()
  const kinds = transceivers.map(({ receiver }) => receiver.track.kind).join()
  const expected = SOURCES.map((source) => KIND_OF[source]).join()
  if (kinds !== expected) throw new Error(`the other side's slots are ${kinds || 'none'}, not ${expected}`)
  return transceivers.flatMap((transceiver, i) =>
    SOURCES.slice(i, i + 1).map((source) => [source, transceiver] as const),
  )
}

const streamsOf = (source: Source, streams: readonly MediaStream[]): MediaStream[] =>
  streams.filter((_, i) => i === STREAM_OF[source])

type Slot = { track: MediaStreamTrack | null; sender: RTCRtpSender | null; done: Promise<void> }

/** The senders of a connection's four slots. The changes of one slot run one after the other; slots do not wait for each other. */
export class SlotSenders {
  readonly #slots: Readonly<Record<Source, Slot>>
  #closed = false
  #release = () => {}
  readonly #released: Promise<void>

  constructor(tracks: SlotTracks) {
    this.#released = new Promise((resolve) => {
      this.#release = resolve
    })
    this.#slots = perSource((source) => ({ track: tracks[source], sender: null, done: Promise.resolve() }))
  }

  /** Gives the slots their senders, in the order of SOURCES, and resolves when they send the tracks that were set so far. */
  async attach(senders: readonly RTCRtpSender[]): Promise<void> {
    const filled = SOURCES.map((source, i) => {
      const slot = this.#slots[source]
      slot.sender = senders[i] ?? null
      return slot.track === null ? undefined : this.setTrack(source, slot.track)
    })
    await Promise.all(filled)
  }

  /** Before `attach` the track is kept for it. Rejects when the browser refuses it. */
  setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    const slot = this.#slots[source]
    slot.track = track
    const { sender } = slot
    if (sender === null) return Promise.resolve()
    const change = slot.done.then(() => this.#replace(sender, track))
    slot.done = change.catch(() => undefined)
    return change
  }

  close(): void {
    this.#closed = true
    this.#release()
  }

  async #replace(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
    if (this.#closed) return
    try {
      // By the W3C specification a pending `replaceTrack` never settles after the connection is closed; some browsers reject it.
      await Promise.race([sender.replaceTrack(track), this.#released])
    } catch (error) {
      if (!this.#closed) throw error
    }
  }
}
