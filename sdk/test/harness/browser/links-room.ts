// Runs in the page: meshes of several participants on real connections, with the signals handed over in the page.
import { Mesh } from '../../../src/peering/mesh'
import { SharedCertificate } from '../../../src/peering/shared-certificate'
import { simplePeerTransport } from '../../../src/peering/simple-peer'
import { systemClock } from '../../../src/ports/clock'
import type { Edge, SignalDown } from '../../../src/protocol'

const clock = {
  now: () => performance.now(),
  after: (ms: number, callback: () => void) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

/** Everybody is on stage: an edge for each pair. */
export class LinksRoom {
  readonly #meshes = new Map<string, Mesh>()
  #edges: Edge[] = []
  #seq = 0
  readonly #certificate = new SharedCertificate(
    () => RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams),
    Date.now,
  )

  /** Comes in, or comes back on a new page: the links of the page before are over. */
  enter(id: string): Mesh {
    this.#meshes.get(id)?.close()
    this.#seq++
    const others = [...this.#meshes.keys()].filter((other) => other !== id)
    this.#edges = this.#edges.filter(({ offerer, answerer }) => offerer !== id && answerer !== id)
    this.#edges.push(...others.map((offerer) => ({ offerer, answerer: id, born: this.#seq })))
    const mesh = this.#newMesh(id)
    this.#meshes.set(id, mesh)
    for (const [selfId, each] of this.#meshes) each.update({ selfId, seq: this.#seq, edges: this.#edges })
    return mesh
  }

  get allConnected(): boolean {
    return [...this.#meshes.values()].every((mesh) => {
      const links = mesh.links()
      return links.length === this.#meshes.size - 1 && links.every(({ state }) => state === 'connected')
    })
  }

  /** Frames of the camera that have arrived on each link, as `ada>bob`. */
  async frames(): Promise<Map<string, number>> {
    const frames = new Map<string, number>()
    for (const [id, mesh] of this.#meshes) {
      for (const link of mesh.links()) {
        const { received } = await link.getStats()
        frames.set(`${link.participantId}>${id}`, received.camera.framesDecoded)
      }
    }
    return frames
  }

  /** The epochs of all links, as `ada>bob 1.0`. */
  get epochs(): string[] {
    return [...this.#meshes].flatMap(([id, mesh]) =>
      mesh.links().map(({ participantId, epoch }) => `${id}>${participantId} ${epoch.born}.${epoch.n}`),
    )
  }

  close(): void {
    for (const mesh of this.#meshes.values()) mesh.close()
  }

  #newMesh(id: string): Mesh {
    return new Mesh({
      openTransport: simplePeerTransport(window, systemClock),
      clock,
      random: Math.random,
      iceTransportPolicy: 'all',
      certificate: this.#certificate,
      sendSignal: ({ to, ...signal }) => this.#hand(to, { type: 'signal', from: id, ...signal }),
      onTrack: () => undefined,
      onLink: () => undefined,
      onHealth: () => undefined,
    })
  }

  #hand(to: string, signal: SignalDown): void {
    const copy = structuredClone(signal)
    setTimeout(() => this.#meshes.get(to)?.receive(copy))
  }
}
