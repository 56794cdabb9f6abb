import type { IceServer } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import { setTimerAt } from '../../ports/clock'
import { type TurnServer, turnCredentials } from './turn-credentials'

/** How much of a password's life is over when the next one is given out. */
const REFRESH_AT = 0.8

export type IceServersPorts = {
  readonly clock: Clock
  /** The same for everybody. */
  readonly iceServers: readonly IceServer[]
  /** Beside them: one whose passwords expire. */
  readonly turn: TurnServer | undefined
}

/** The ICE servers of one connection, with TURN passwords that do not run out while it lasts. */
export class IceServers {
  readonly #parts: IceServersPorts
  readonly #id: string
  readonly #renewed: (servers: IceServer[]) => void
  #refreshAt = 0
  #cancel = () => {}

  /**
   * @param id whom passwords are for
   * @param renewed told of fresh ones, once they are kept up
   */
  constructor(parts: IceServersPorts, id: string, renewed: (servers: IceServer[]) => void) {
    this.#parts = parts
    this.#id = id
    this.#renewed = renewed
  }

  /** As they are for now. */
  take(): IceServer[] {
    const { clock, iceServers, turn } = this.#parts
    if (turn === undefined) return [...iceServers]
    const now = clock.wall()
    this.#refreshAt = now + turn.ttlSeconds * 1000 * REFRESH_AT
    return [...iceServers, { urls: turn.urls, ...turnCredentials(turn, this.#id, now) }]
  }

  /** From now on tells of fresh ones before those that were taken last expire. */
  keepUp(): void {
    if (this.#parts.turn === undefined) return
    this.stop()
    this.#cancel = setTimerAt(this.#parts.clock, this.#refreshAt, () => {
      this.#renewed(this.take())
      this.keepUp()
    })
  }

  stop(): void {
    this.#cancel()
  }
}
