// Participants with a mesh each, a signal pipe between them that does as it is told, and time that the test moves.
import type { LiveStreamError } from '../../src/errors'
import type { MeshHealth } from '../../src/peering/link-health'
import { Mesh, type MeshPorts } from '../../src/peering/mesh'
import { SharedCertificate } from '../../src/peering/shared-certificate'
import type { LinkState } from '../../src/ports/participant-media'
import type { Edge, SignalDown, SignalUp, Source } from '../../src/protocol'
import { FakeClock } from './fake-clock'
import { FakeNetwork } from './fake-transport'

export type Sent = Omit<SignalUp, 'type'> & { readonly from: string }

export class Seat {
  readonly id: string
  readonly mesh: Mesh
  /** What was told of links, in order: `bob connecting`, `bob recovering turn_needed`, `bob null`. */
  readonly links: string[] = []
  readonly errors: LiveStreamError[] = []
  /** What was told of all links together. */
  readonly health: MeshHealth[] = []
  readonly tracks: { from: string; source: Source; id: string }[] = []

  constructor(id: string, room: MeshRoom, ports: Partial<MeshPorts>) {
    this.id = id
    this.mesh = new Mesh({
      openTransport: room.network.opener(id),
      clock: room.clock,
      random: () => 0.5,
      iceTransportPolicy: 'all',
      certificate: new SharedCertificate(async () => undefined, Date.now),
      sendSignal: (signal) => room.carry({ ...signal, from: id }),
      onTrack: (from, source, track) => this.tracks.push({ from, source, id: track.id }),
      onLink: (peer, state, error) => this.#told(peer, state, error),
      onHealth: (health) => this.health.push(health),
      ...ports,
    })
  }

  linkTo(peer: string) {
    return this.mesh.links().find(({ participantId }) => participantId === peer)
  }

  #told(peer: string, state: LinkState | null, error?: LiveStreamError): void {
    this.links.push(`${peer} ${state}${error === undefined ? '' : ` ${error.code}`}`)
    if (error !== undefined) this.errors.push(error)
  }
}

export class MeshRoom {
  readonly clock = new FakeClock()
  readonly network = new FakeNetwork(this.clock)
  readonly sent: Sent[] = []
  /** When the copies of a signal arrive, in milliseconds from now; none when it is lost. */
  pipe: (signal: Sent) => readonly number[] = () => [1]
  readonly #seats = new Map<string, Seat>()

  /** Takes a seat; its earlier participant is gone, as by a reload. */
  seat(id: string, ports: Partial<MeshPorts> = {}): Seat {
    this.#seats.get(id)?.mesh.close()
    const seat = new Seat(id, this, ports)
    this.#seats.set(id, seat)
    return seat
  }

  /** Everybody has folded the same event. */
  fold(seq: number, ...edges: Edge[]): void {
    for (const { id, mesh } of this.#seats.values()) mesh.update({ selfId: id, seq, edges })
  }

  /** One of them comes back to the server, and folds what it has missed. */
  back(id: string, seq: number, ...edges: Edge[]): void {
    this.#seats.get(id)?.mesh.update({ selfId: id, seq, edges }, true)
  }

  carry(signal: Sent): void {
    this.sent.push(signal)
    for (const delay of this.pipe(signal)) {
      this.clock.after(delay, () => this.#seats.get(signal.to)?.mesh.receive(arrived(signal)))
    }
  }

  /** Kinds of the signals that one has sent: `offer 0`, `restart 0`, with the epoch's n. Candidates are left out. */
  sentBy(id: string): string[] {
    const told = this.sent.filter(({ from, body }) => from === id && body.type !== 'candidate')
    return told.map(({ body, epoch }) => `${body.type} ${epoch.n}`)
  }
}

export const edge = (offerer: string, answerer: string, born = 1): Edge => ({ offerer, answerer, born })

export function arrived({ from, epoch, order, body }: Sent): SignalDown {
  return structuredClone({ type: 'signal', from, epoch, order, body })
}
