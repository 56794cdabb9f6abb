import type { SlotTracks, StreamKind } from '../ports/participant-media'
import { isOnStage, type Participant, SOURCES, type Source } from '../protocol'
import { isVideo } from './capture'

const kindOf = (source: Source): StreamKind => (source === 'microphone' || source === 'camera' ? 'talk' : 'screen')

export type StreamChange = { readonly participantId: string; readonly source: Source; readonly kind: StreamKind }

export type RemoteStreamsPorts = {
  /** `new MediaStream(tracks)`, from the browser or from a Node implementation. */
  newStream(tracks: MediaStreamTrack[]): MediaStream
  onAdded(added: StreamChange & { readonly track: MediaStreamTrack; readonly stream: MediaStream }): void
  onRemoved(removed: StreamChange): void
}

/** `arrived`: the tracks of all four slots of the link, used or not. `shown`: the tracks in the streams now. */
type Media = {
  readonly arrived: Map<Source, MediaStreamTrack>
  readonly shown: Map<Source, MediaStreamTrack>
  readonly streams: Map<StreamKind, MediaStream>
}

/**
 * What can be shown of each participant: one stable stream of each kind, which contains only published tracks.
 *
 * Only the room's events tell what is published: links have tracks in all four slots, and browsers unmute tracks of empty slots.
 * A picture that is muted or interrupted is removed, as its last frame would stay; a muted microphone is kept.
 */
export class RemoteStreams {
  readonly #ports: RemoteStreamsPorts
  readonly #media = new Map<string, Media>()
  #participants: ReadonlyMap<string, Participant> = new Map()
  #selfId: string | undefined
  #own: SlotTracks | null = null

  constructor(ports: RemoteStreamsPorts) {
    this.#ports = ports
  }

  /**
   * A receiving track of a link. A track of a new epoch replaces the old one in the same stream. Returns whether it can be shown:
   * the tracks of a link's empty slots change nothing.
   */
  track(participantId: string, source: Source, track: MediaStreamTrack): boolean {
    this.#mediaOf(participantId).arrived.set(source, track)
    this.#refresh(participantId)
    return this.trackOf(participantId, source) === track
  }

  /** To be called with each new state of the room. A participant that is no longer there is dropped. */
  update(participants: readonly Participant[], selfId: string | undefined): void {
    this.#participants = new Map(participants.map((each) => [each.id, each]))
    this.#selfId = selfId
    for (const id of [...this.#media.keys()]) if (!this.#participants.has(id)) this.#drop(id)
    for (const id of this.#participants.keys()) this.#refresh(id)
  }

  /** For the self view: our tracks as they are captured, before the room knows them. */
  own(tracks: SlotTracks): void {
    this.#own = tracks
    if (this.#selfId !== undefined) this.#refresh(this.#selfId)
  }

  /** The streams that contain a track; each is the same object for as long as the participant is there. */
  streams(participantId: string): Partial<Record<StreamKind, MediaStream>> {
    const media = this.#media.get(participantId)
    const used = [...(media?.streams ?? [])].filter(([, stream]) => stream.getTracks().length > 0)
    return Object.fromEntries(used)
  }

  /** A track that can be shown. */
  trackOf(participantId: string, source: Source): MediaStreamTrack | undefined {
    return this.#media.get(participantId)?.shown.get(source)
  }

  #drop(participantId: string): void {
    const media = this.#media.get(participantId)
    if (!media) return
    for (const source of SOURCES) this.#show(participantId, media, source, undefined)
    this.#media.delete(participantId)
  }

  #mediaOf(participantId: string): Media {
    const known = this.#media.get(participantId)
    if (known) return known
    const media: Media = { arrived: new Map(), shown: new Map(), streams: new Map() }
    this.#media.set(participantId, media)
    return media
  }

  #refresh(participantId: string): void {
    const participant = this.#participants.get(participantId)
    if (!participant) return
    const media = this.#mediaOf(participantId)
    for (const source of SOURCES) this.#show(participantId, media, source, this.#visible(participant, media, source))
  }

  #visible(participant: Participant, media: Media, source: Source): MediaStreamTrack | undefined {
    if (!isOnStage(participant.role)) return undefined
    if (participant.id === this.#selfId) return this.#own?.[source] ?? undefined
    const { published, muted, interrupted } = participant.sources[source]
    const isFrozen = isVideo(source) && (muted || interrupted)
    return published && !isFrozen ? media.arrived.get(source) : undefined
  }

  #show(participantId: string, media: Media, source: Source, track: MediaStreamTrack | undefined): void {
    const before = media.shown.get(source)
    if (before === track) return
    const kind = kindOf(source)
    const stream = media.streams.get(kind) ?? this.#ports.newStream([])
    media.streams.set(kind, stream)
    if (before) {
      stream.removeTrack(before)
      media.shown.delete(source)
      this.#ports.onRemoved({ participantId, source, kind })
    }
    if (!track) return
    stream.addTrack(track)
    media.shown.set(source, track)
    this.#ports.onAdded({ participantId, source, kind, track, stream })
  }
}
