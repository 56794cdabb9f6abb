import type { SlotTracks } from '../ports/participant-media'
import type { IceServer, Source } from '../protocol'
import { EMPTY_SLOTS, type MediaTransport, type OpenTransport, type TransportPorts } from './media-transport'
import type { SharedCertificate } from './shared-certificate'

export type ConnectionsPorts = {
  readonly openTransport: OpenTransport
  readonly iceTransportPolicy: RTCIceTransportPolicy
  readonly certificate: SharedCertificate
  /** Those that are open. */
  readonly all: () => readonly MediaTransport[]
}

/** The connections of all links: each has the tracks and ICE servers of now, whenever it was opened. */
export class Connections {
  readonly #ports: ConnectionsPorts
  #tracks: SlotTracks = EMPTY_SLOTS
  #iceServers: readonly IceServer[] = []

  constructor(ports: ConnectionsPorts) {
    this.#ports = ports
  }

  get iceServers(): readonly IceServer[] {
    return this.#iceServers
  }

  /** @throws what an OpenTransport throws */
  open(ports: Pick<TransportPorts, 'offerer' | 'begin' | 'events'>): MediaTransport {
    const { openTransport, iceTransportPolicy, certificate } = this.#ports
    return openTransport({
      ...ports,
      tracks: this.#tracks,
      iceServers: this.#iceServers,
      iceTransportPolicy,
      certificate: certificate.take(),
    })
  }

  /** Resolves when all that are open have it. */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks = { ...this.#tracks, [source]: track }
    await Promise.all(this.#ports.all().map((transport) => transport.setTrack(source, track)))
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#iceServers = servers
    for (const transport of this.#ports.all()) transport.setIceServers(servers)
  }
}
