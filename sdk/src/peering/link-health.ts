import type { Clock } from '../ports/clock'
import type { Link } from './link'
import type { MediaTransport } from './media-transport'
import { type Expected, SilenceWatch } from './silence-watch'
import { linkStats } from './stats'

/** Of the links that have connected: none is unwell, some are, or all. */
export type MeshHealth = 'well' | 'unwell' | 'all unwell'

export type LinkHealthPorts = {
  readonly clock: Clock
  /** By participant. */
  readonly links: ReadonlyMap<string, Link>
  readonly tell: (health: MeshHealth) => void
}

/** Watches all links together, and tells how many of them are well. */
export class LinkHealth {
  readonly #ports: LinkHealthPorts
  readonly #silence: SilenceWatch

  constructor(ports: LinkHealthPorts) {
    this.#ports = ports
    this.#silence = new SilenceWatch({
      clock: ports.clock,
      transports: () => this.#connected(),
      looked: (participantId, isSilent) => {
        ports.links.get(participantId)?.repair?.silent(isSilent)
        // Again and again: the network of this page may be gone only later.
        if (isSilent) this.tell()
      },
    })
  }

  expect(expected: Expected): void {
    this.#silence.expect(expected)
  }

  /**
   * There are other passwords for TURN. Links that go over this side's TURN server restart ICE with them, as that server may end what the
   * earlier password allowed. Others stay as they are.
   */
  passwordsChanged(): void {
    for (const link of this.#ports.links.values()) void restartIfRelayed(link)
  }

  tell(): void {
    const all = [...this.#ports.links.values()].flatMap(({ repair }) => repair ?? [])
    const unwell = all.filter(({ isUnwell }) => isUnwell)
    this.#ports.tell(unwell.length === 0 ? 'well' : unwell.length < all.length ? 'unwell' : 'all unwell')
  }

  close(): void {
    this.#silence.close()
  }

  *#connected(): Iterable<readonly [participantId: string, transport: MediaTransport]> {
    for (const [participantId, { repair, transport }] of this.#ports.links) {
      if (repair !== undefined && transport !== undefined) yield [participantId, transport]
    }
  }
}

async function restartIfRelayed({ repair, transport }: Link): Promise<void> {
  if (repair === undefined || transport === undefined) return
  const { localCandidateType } = linkStats(await transport.getStats())
  if (localCandidateType === 'relay') repair.passwordChanged()
}
