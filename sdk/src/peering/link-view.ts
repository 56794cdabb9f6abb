import type { LinkState } from '../ports/participant-media'
import type { Epoch } from '../protocol'
import type { Link } from './link'
import { type LinkStats, linkStats } from './stats'

/** One link of the mesh, as it is now. */
export type LinkView = {
  /** The participant at the other end. */
  readonly participantId: string
  /** Its state; the same as `participant.link`. */
  readonly state: LinkState
  /** Which connection of this pair it is: `n` counts how often the pair started over. */
  readonly epoch: Epoch
  /** Whether this side makes the offers. */
  readonly offerer: boolean
  /** All zero while there is no connection. */
  getStats(): Promise<LinkStats>
}

export const viewOf = (participantId: string, link: Link): LinkView => ({
  participantId,
  state: link.shown,
  epoch: link.epoch,
  offerer: link.offerer,
  getStats: async () => linkStats(await link.transport?.getStats()),
})
