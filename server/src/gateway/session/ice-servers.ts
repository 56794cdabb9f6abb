import { createHmac } from 'node:crypto'
import type { IceServer } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import { NOTHING, setTimerAt } from '../../ports/clock'
import { shortHash } from '../handshake/principal'

/** How much of a password's life is over when the next one is given out. */
const REFRESH_AT = 0.8

/** A TURN server that takes passwords which expire, and the key that it shares with this server. */
export type TurnServer = {
  readonly urls: string | string[]
  readonly secret: string
  readonly ttlSeconds: number
}

export type IceServersPorts = {
  readonly clock: Clock
  /** The same for every client. */
  readonly iceServers: readonly IceServer[]
  /** Beside them: one whose passwords expire. */
  readonly turn: TurnServer | undefined
}

/** The ICE servers of one connection, with TURN passwords that do not run out while it lasts. */
export class IceServers {
  readonly #ports: IceServersPorts
  readonly #sessionHash: string
  readonly #renewed: (servers: IceServer[]) => void
  #refreshAt = 0
  #cancel = NOTHING

  /**
   * @param sessionHash names the session that passwords are for
   * @param renewed called with fresh ones, once they are kept up
   */
  constructor(ports: IceServersPorts, sessionHash: string, renewed: (servers: IceServer[]) => void) {
    this.#ports = ports
    this.#sessionHash = sessionHash
    this.#renewed = renewed
  }

  /** As they are for now. */
  take(): IceServer[] {
    const { clock, iceServers, turn } = this.#ports
    if (turn === undefined) return [...iceServers]
    const now = clock.wall()
    this.#refreshAt = now + turn.ttlSeconds * 1000 * REFRESH_AT
    return [...iceServers, { urls: turn.urls, ...turnCredentials(turn, shortHash(this.#sessionHash), now) }]
  }

  /** From now on gives out fresh ones before those that were taken last expire. */
  keepUp(): void {
    if (this.#ports.turn === undefined) return
    this.stop()
    this.#cancel = setTimerAt(this.#ports.clock, this.#refreshAt, () => {
      this.#renewed(this.take())
      this.keepUp()
    })
  }

  stop(): void {
    this.#cancel()
  }
}

/**
 * A user and password that a TURN server takes until they expire; coturn calls it `use-auth-secret`
 * (draft-uberti-behave-turn-rest-00). The server needs no list of users: the name says when it ends, and the password proves it.
 * @param id whom they are for. It goes over the wire in the clear, and stands in the TURN server's log
 * @param now ms since the epoch
 */
export function turnCredentials({ secret, ttlSeconds }: Omit<TurnServer, 'urls'>, id: string, now: number) {
  const username = `${Math.floor(now / 1000) + ttlSeconds}:${id}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
