import type { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import type { LinkState } from '../ports/participant-media'
import type { Edge, IceServer, SignalDown, SignalUp, Source } from '../protocol'
import { Connections } from './connections'
import { EarlyOffer } from './early-offer'
import { HeldSignals } from './early-signals'
import { Link } from './link'
import type { LinkTransportEvents } from './link-epoch'
import { type Expected, LinkHealth, type MeshHealth } from './link-health'
import { linkError } from './link-state'
import { type LinkView, viewOf } from './link-view'
import type { MediaTransport, OpenTransport } from './media-transport'
import { ownEdges } from './own-edges'
import type { SharedCertificate } from './shared-certificate'
import { StartQueue } from './start-queue'

export type MeshPorts = {
  readonly openTransport: OpenTransport
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly iceTransportPolicy: RTCIceTransportPolicy
  readonly certificate: SharedCertificate
  /** The signal may be lost: links start over until they are connected. */
  readonly sendSignal: (signal: Omit<SignalUp, 'type'>) => void
  /** A receiving track. All four come with each new connection, whether or not they are published. */
  readonly onTrack: (participantId: string, source: Source, track: MediaStreamTrack) => void
  /** Null if there is no edge any more. `error` comes with 'recovering': `turn_needed` or `link_failed`. */
  readonly onLink: (participantId: string, link: LinkState | null, error?: LiveStreamError) => void
  /** A link has become unwell, or well again, or is gone. Comes again while one is unwell: the network of this page may be gone. */
  readonly onHealth: (health: MeshHealth) => void
}

/** The part of the room that the mesh is made from. */
type MeshView = { readonly selfId: string; readonly seq: number; readonly edges: readonly Edge[] }

/** Keeps one link for each edge of the own participant. It does not know roles or published sources. */
export class Mesh {
  readonly #ports: MeshPorts
  readonly #startQueue: StartQueue
  readonly #links = new Map<string, Link>()
  readonly #held = new HeldSignals()
  readonly #connections: Connections
  /** The connection that a newcomer opens ahead. */
  readonly early: EarlyOffer
  #seq = 0
  readonly #health: LinkHealth
  #prepared: Promise<void> | undefined
  #isClosed = false
  #canSignal = true

  constructor(ports: MeshPorts) {
    this.#ports = ports
    this.#connections = new Connections({ ...ports, all: () => this.#transports() })
    this.early = new EarlyOffer({
      open: (begin, events) => this.#connections.open({ offerer: true, begin, events }),
      prepare: () => this.prepare(),
      mayOpen: () => !this.#isClosed && this.#seq === 0 && ports.openTransport.oneAtATime !== true,
      keepsIceServers: ports.openTransport.keepsIceServers,
    })
    this.#health = new LinkHealth({ clock: ports.clock, links: this.#links, tell: ports.onHealth })
    this.#startQueue = new StartQueue(
      ports.openTransport.oneAtATime === true ? 1 : Number.POSITIVE_INFINITY,
      ports.clock,
    )
  }

  /**
   * To be called after every fold, with the room as it is then. Only edges that changed are touched.
   * @param isBack whether the connection to the server was down before: then links that are not connected start over at once
   */
  update({ selfId, seq, edges }: MeshView, isBack = false): void {
    if (this.#isClosed) return
    this.#seq = seq
    if (isBack) this.#canSignal = true
    const mine = ownEdges(edges, selfId)
    for (const peerId of [...this.#links.keys()]) {
      if (!mine.has(peerId)) this.#remove(peerId)
    }
    for (const [peerId, edge] of mine) this.#keep(peerId, edge, selfId, isBack)
    this.early.close()
    for (const signal of this.#held.release(seq)) this.receive(signal)
  }

  /** The room is at `seq`, with the same edges as before. */
  reach(seq: number): void {
    this.#seq = seq
  }

  receive(signal: SignalDown): void {
    if (this.#isClosed) return
    const { from, epoch, order, body } = signal
    if (epoch.born > this.#seq) return this.#held.hold(signal, this.#seq)
    const link = this.#links.get(from)
    if (link?.born === epoch.born) link.receive(epoch, order, body)
  }

  /**
   * Puts a track into a slot of all links, also of later ones; null empties it. Resolves when all current connections have it.
   * Never rejects: a link that rejects the track starts over with it.
   */
  async setTrack(source: Source, track: MediaStreamTrack | null): Promise<void> {
    if (!this.#isClosed) await this.#connections.setTrack(source, track)
  }

  /** Used for new connections, and for candidates of current ones. As passwords of earlier servers may expire, links that are relayed restart ICE. */
  setIceServers(servers: readonly IceServer[]): void {
    this.#connections.setIceServers(servers)
    this.#health.passwordsChanged()
  }

  /** There is no connection to the server: until `update` says that it is back, links do not use up their tries. */
  signalingLost(): void {
    this.#canSignal = false
    for (const { repair } of this.#links.values()) repair?.signaling(false)
  }

  /** What others publish and do not mute. Where nothing of it arrives, other paths are looked for. */
  expect(expected: Expected): void {
    if (!this.#isClosed) this.#health.expect(expected)
  }

  /** The network has changed: links look for other paths, and those that wait to start over do so. */
  networkChanged(): void {
    for (const link of [...this.#links.values()]) link.networkChanged()
  }

  links(): readonly LinkView[] {
    return [...this.#links].map(([participantId, link]) => viewOf(participantId, link))
  }

  /** Ends all links. Idempotent; no callback comes after it. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.early.close()
    this.#health.close()
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
    this.#held.clear()
  }

  /** A new `born` means that one of the two is on a new page: then the old link is of no use. */
  #keep(peerId: string, edge: Edge, selfId: string, isBack: boolean): void {
    const offerer = edge.offerer === selfId
    const known = this.#links.get(peerId)
    // A callback of the link before may have closed the mesh.
    if (this.#isClosed) return
    if (known?.born === edge.born && known.offerer === offerer) return isBack ? known.resume() : undefined
    known?.close()
    void this.prepare()
    const link = this.#newLink(peerId, offerer, edge.born)
    this.#links.set(peerId, link)
    link.start(this.early.firstEpoch)
    if (isBack && !offerer) link.resume()
  }

  #remove(peerId: string): void {
    this.#links.get(peerId)?.close()
    this.#links.delete(peerId)
    this.#ports.onLink(peerId, null)
    this.#health.tell()
  }

  #newLink(peerId: string, offerer: boolean, born: number): Link {
    const { onLink, sendSignal, clock, random } = this.#ports
    const openTransport = (events: LinkTransportEvents) => this.#transportTo(peerId, offerer, events)
    const canSignal = () => this.#canSignal
    return new Link(
      born,
      { offerer, clock, random, startQueue: this.#startQueue, canSignal, openTransport },
      {
        signal: (epoch, order, body) => {
          if (!this.early.isSent(epoch, body)) sendSignal({ to: peerId, epoch, order, body })
        },
        state: (state, failure) => {
          onLink(peerId, state, failure && linkError(failure, this.#connections.iceServers))
          this.#health.tell()
        },
      },
    )
  }

  #transports(): MediaTransport[] {
    // A newcomer's first connection is a link's, or closed, from the first fold on.
    const all = this.#seq === 0 ? [this.early] : [...this.#links.values()]
    return all.flatMap(({ transport }) => transport ?? [])
  }

  #transportTo(peerId: string, offerer: boolean, linkEvents: LinkTransportEvents): MediaTransport {
    const track = (source: Source, received: MediaStreamTrack) => this.#ports.onTrack(peerId, source, received)
    const events = { ...linkEvents, track }
    return (offerer ? this.early.take(events) : undefined) ?? this.#connections.open({ offerer, events })
  }

  /** Makes the certificate that links wait for. Idempotent; otherwise the first link calls it. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#ports.certificate.prepare().then(() => this.#startQueue.open())
    return this.#prepared
  }
}
