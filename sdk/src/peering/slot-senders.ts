import { perSource, type SlotTracks } from '../ports/participant-media'
import { SOURCES, type Source } from '../protocol'

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
