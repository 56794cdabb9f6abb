import { LiveStreamError } from '../errors'
import type { EventQueue } from '../events/event-queue'
import { LocalMedia } from '../media/local-media'
import { observeDom, Playback } from '../media/playback'
import { RemoteStreams, type StreamChange } from '../media/remote-streams'
import type { LinkView } from '../peering/link-view'
import { Mesh, type MeshPorts } from '../peering/mesh'
import { SharedCertificate } from '../peering/shared-certificate'
import { simplePeerTransport } from '../peering/simple-peer'
import type { WebRtc } from '../peering/webrtc'
import type { LinkState, MediaView, SoundOptions } from '../ports/participant-media'
import { SOURCES, type Source, type SourceChange } from '../protocol'
import type { RoomStore } from '../state/store'
import type { Environment } from './environment'
import type { Config } from './options'
import { browserAccess, certificateOf, globalWebRtc } from './support'

export type MediaEnginePorts = {
  readonly config: Config
  readonly environment: Environment
  readonly store: Pick<RoomStore, 'room' | 'selfId' | 'participant' | 'invalidate'>
  /** Tells the room what changes in what we publish. */
  updateMedia(source: Source, change: SourceChange): Promise<void>
  readonly eventQueue: Pick<EventQueue, 'addAbout' | 'emit' | 'nudge'>
}

/** All media of a client: its own, those of others, their playback, and the links of the current session. */
export class MediaEngine {
  readonly #ports: MediaEnginePorts
  readonly local: LocalMedia
  readonly playback: Playback
  readonly #remote: RemoteStreams
  readonly #linkStates = new Map<string, LinkState>()
  #mesh: Mesh | undefined
  readonly #certificate: SharedCertificate

  constructor(ports: MediaEnginePorts) {
    this.#ports = ports
    this.local = this.#newLocalMedia()
    this.#certificate = new SharedCertificate(() => certificateOf(this.#wrtc()), ports.environment.wallNow)
    this.#remote = new RemoteStreams({
      newStream: (tracks) => this.#newStream(tracks),
      onAdded: ({ participantId, source, kind, track, stream }) =>
        ports.eventQueue.addAbout(participantId, 'trackAdded', { source, kind, track, stream }),
      onRemoved: (removed) => this.#removed(removed),
    })
    this.playback = new Playback({
      stream: ({ participantId, kind }) => this.#remote.streams(participantId)[kind],
      isSelf: (participantId) => participantId === ports.store.selfId,
      observeDom,
      onBlocked: (blocked) => ports.eventQueue.emit({ name: 'playbackBlocked', payload: { blocked } }),
    })
  }

  /** What the store shows of participants beside the room's events. */
  readonly mediaView: MediaView = {
    tracksOf: (id) =>
      Object.fromEntries(
        SOURCES.flatMap((source) => {
          const track = this.#remote.trackOf(id, source)
          return track === undefined ? [] : [[source, track]]
        }),
      ),
    streamsOf: (id) => this.#remote.streams(id),
    linkOf: (id) => this.#linkStates.get(id) ?? null,
    soundOf: (id) => this.playback.soundOf(id),
  }

  get links(): readonly LinkView[] {
    return this.#mesh?.links() ?? []
  }

  /** The links of a new session. Undefined without WebRTC: then there is no media, and all else works. */
  newMesh(signaling: Pick<MeshPorts, 'sendSignal' | 'onHealth'>): Mesh | undefined {
    const wrtc = this.#wrtc()
    const { environment, config } = this.#ports
    this.#linkStates.clear()
    this.#mesh =
      wrtc &&
      new Mesh({
        openTransport: simplePeerTransport(wrtc, environment.clock),
        clock: environment.clock,
        random: environment.random,
        iceTransportPolicy: config.iceTransportPolicy,
        certificate: this.#certificate,
        ...signaling,
        onTrack: (participantId, source, track) => {
          if (this.#remote.track(participantId, source, track)) this.#changed(participantId)
        },
        onLink: (participantId, link, error) => this.#linkChanged(participantId, link, error),
      })
    if (config.iceServers) this.#mesh?.setIceServers(config.iceServers)
    return this.#mesh
  }

  /** To be called after each fold: updates the streams. */
  onRoomChanged(): void {
    const { room, selfId } = this.#ports.store
    this.#remote.update(room?.participants ?? [], selfId)
    if (room) this.playback.keepSound(room.participants.map(({ id }) => id))
    this.playback.update()
    this.#ports.store.invalidate()
  }

  /** @throws LiveStreamError `peer_not_found` */
  readonly setSound = (participantId: string, options: SoundOptions): void => {
    if (this.#ports.store.participant(participantId) === undefined)
      throw new LiveStreamError('peer_not_found', 'There is no such participant to be heard.')
    this.playback.setSound(participantId, options)
    this.#changed(participantId)
  }

  /** The network came back. */
  networkChanged(): void {
    this.#mesh?.networkChanged()
  }

  #newLocalMedia(): LocalMedia {
    const { config, environment, updateMedia, eventQueue } = this.#ports
    return new LocalMedia({
      clock: environment.clock,
      ...browserAccess,
      reacquireDevices: config.reacquireDevices,
      hasWebRtc: () => this.#wrtc() !== undefined,
      updateMedia,
      setTrack: async (source, track) => this.#mesh?.setTrack(source, track),
      onChange: () => {
        this.#remote.own(this.local.tracks())
        this.#changed(this.#ports.store.selfId)
      },
      onError: (source, error) => eventQueue.emit({ name: 'mediaError', payload: { source, error } }),
      onDevices: (devices) => eventQueue.emit({ name: 'devicesChanged', payload: { devices } }),
    })
  }

  #removed({ participantId, source, kind }: StreamChange): void {
    this.#ports.eventQueue.addAbout(participantId, 'trackRemoved', { source, kind })
  }

  #linkChanged(participantId: string, link: LinkState | null, error?: LiveStreamError): void {
    if (link === null) this.#linkStates.delete(participantId)
    else {
      this.#linkStates.set(participantId, link)
      this.#ports.eventQueue.addAbout(participantId, 'linkChanged', { link, ...(error === undefined ? {} : { error }) })
    }
    this.#changed(participantId)
  }

  /** Something that the state shows of a participant has changed; undefined while we are in no room. */
  #changed(participantId: string | undefined): void {
    this.playback.update()
    this.#ports.store.invalidate(participantId)
    this.#ports.eventQueue.nudge()
  }

  #wrtc(): WebRtc | undefined {
    return this.#ports.config.wrtc ?? globalWebRtc()
  }

  #newStream(tracks: readonly MediaStreamTrack[]): MediaStream {
    const wrtc = this.#wrtc()
    // Tracks come from links or captures only, and without WebRTC there are neither.
    if (wrtc === undefined) throw new Error('a track without WebRTC')
    const stream = new wrtc.MediaStream()
    for (const track of tracks) stream.addTrack(track)
    return stream
  }
}
