import type { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import type { LinkState, SlotTracks } from '../ports/participant-media'
import type { Edge, IceServer, SignalDown, SignalUp, Source } from '../protocol'
import { EarlyOffer } from './early-offer'
import { HeldSignals } from './early-signals'
import { Link } from './link'
import type { LinkTransportEvents } from './link-epoch'
import { linkError } from './link-state'
import type { LinkView } from './link-view'
import { EMPTY_SLOTS, type MediaTransport, type OpenTransport, type TransportPorts } from './media-transport'
import { ownEdges } from './own-edges'
import type { SharedCertificate } from './shared-certificate'
import { StartQueue } from './start-queue'
import { linkStats } from './stats'

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
}

/** The part of the room that the mesh is made from. */
type MeshView = { readonly selfId: string; readonly seq: number; readonly edges: readonly Edge[] }

/** Keeps one link for each edge of the own participant. It does not know roles or published sources. */
export class Mesh {
  readonly #ports: MeshPorts
  readonly #startQueue: StartQueue
  readonly #links = new Map<string, Link>()
  readonly #held = new HeldSignals()
  readonly early = new EarlyOffer((begin, events) => this.#open({ offerer: true, begin, events }))
  #seq = 0
  #tracks: SlotTracks = EMPTY_SLOTS
  #iceServers: readonly IceServer[] = []
  #prepared: Promise<void> | undefined
  #isClosed = false

  constructor(ports: MeshPorts) {
    this.#ports = ports
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
    if (this.#isClosed) return
    this.#tracks = { ...this.#tracks, [source]: track }
    await Promise.all(this.#transports().map((transport) => transport.setTrack(source, track)))
  }

  /** Used for new connections, and for candidates of current ones. The passwords of earlier servers may expire. */
  setIceServers(servers: readonly IceServer[]): void {
    this.#iceServers = servers
    for (const transport of this.#transports()) transport.setIceServers(servers)
  }

  /** The network came back: links that wait to start over do so now. */
  networkChanged(): void {
    for (const link of [...this.#links.values()]) link.retryNow()
  }

  links(): readonly LinkView[] {
    return [...this.#links].map(([participantId, link]) => ({
      participantId,
      state: link.shown,
      epoch: link.epoch,
      offerer: link.offerer,
      getStats: async () => linkStats(await link.transport?.getStats()),
    }))
  }

  /** Ends all links. Idempotent; no callback comes after it. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.early.close()
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
    link.start()
    if (isBack && !offerer) link.resume()
  }

  #remove(peerId: string): void {
    this.#links.get(peerId)?.close()
    this.#links.delete(peerId)
    this.#ports.onLink(peerId, null)
  }

  #newLink(peerId: string, offerer: boolean, born: number): Link {
    const { onLink, sendSignal, clock, random } = this.#ports
    const openTransport = (events: LinkTransportEvents) => this.#transportTo(peerId, offerer, events)
    return new Link(
      offerer,
      born,
      { clock, random, startQueue: this.#startQueue, openTransport },
      {
        signal: (epoch, order, body) => {
          if (!this.early.isSent(epoch, body)) sendSignal({ to: peerId, epoch, order, body })
        },
        state: (state, failure) => onLink(peerId, state, failure && linkError(failure, this.#iceServers)),
      },
    )
  }

  #transports(): MediaTransport[] {
    return [...this.#links.values(), this.early].flatMap(({ transport }) => transport ?? [])
  }

  #transportTo(peerId: string, offerer: boolean, linkEvents: LinkTransportEvents): MediaTransport {
    const track = (source: Source, received: MediaStreamTrack) => this.#ports.onTrack(peerId, source, received)
    const events = { ...linkEvents, track }
    return (offerer ? this.early.take(events) : undefined) ?? this.#open({ offerer, events })
  }

  #open(ports: Pick<TransportPorts, 'offerer' | 'begin' | 'events'>): MediaTransport {
    return this.#ports.openTransport({
      ...ports,
      tracks: this.#tracks,
      iceServers: this.#iceServers,
      iceTransportPolicy: this.#ports.iceTransportPolicy,
      certificate: this.#ports.certificate.take(),
    })
  }

  /** Makes the certificate that links wait for. Idempotent; otherwise the first link calls it. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#ports.certificate.prepare().then(() => this.#startQueue.open())
    return this.#prepared
  }

  /** Opens the connection for the offer of a newcomer. Does nothing in the room, or where connections start one at a time. */
  async warmUp(): Promise<void> {
    await this.prepare()
    if (this.#mayWarmUp) this.early.warmUp()
  }

  get #mayWarmUp(): boolean {
    return !this.#isClosed && this.#seq === 0 && this.#ports.openTransport.oneAtATime !== true
  }

  /** Makes the offer of a newcomer with the current ICE servers. */
  async makeOffer(): Promise<void> {
    await this.warmUp()
    if (this.#mayWarmUp) this.early.make()
  }
}
