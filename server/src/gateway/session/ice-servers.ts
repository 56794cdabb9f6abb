import { createHmac } from 'node:crypto'
import type { IceServer } from '@peerstage/sdk/protocol'
import type { Clock } from '../../ports/clock'
import { NOTHING } from '../../ports/clock'
import { WallTimer, type WallTimers } from '../../ports/wall-timers'
import { shortHash } from '../handshake/principal'
import type { SocketConnection } from '../socket/socket-connection'

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
  readonly timers: WallTimers
  /** The same for every client. */
  readonly iceServers: readonly IceServer[]
  /** Beside them: one whose passwords expire. */
  readonly turn: TurnServer | undefined
}

/** The connection that gets fresh ICE servers, once they are kept up. */
type IceServersConnection = Pick<SocketConnection, 'sendNow'>

/** The ICE servers of one connection. */
export interface IceServers {
  /** As they are for now. */
  take(): IceServer[]
  /** From now on gives out fresh ones before those that were taken last expire. */
  keepUp(): void
  stop(): void
}

/** Makes the ICE servers of each connection. Without TURN they never change, and all connections share one object. */
export function iceServersBy(
  ports: IceServersPorts,
): (sessionHash: string, connection: IceServersConnection) => IceServers {
  const { turn } = ports
  if (turn !== undefined) return (sessionHash, connection) => new TurnPasswords(ports, turn, sessionHash, connection)
  const same = { take: () => [...ports.iceServers], keepUp: NOTHING, stop: NOTHING }
  return () => same
}

/** ICE servers with TURN passwords that do not run out while their connection lasts. */
class TurnPasswords extends WallTimer implements IceServers {
  readonly #ports: IceServersPorts
  readonly #turn: TurnServer
  /** Names the session that passwords are for. */
  readonly #sessionHash: string
  readonly #connection: IceServersConnection
  #refreshAt = 0

  constructor(ports: IceServersPorts, turn: TurnServer, sessionHash: string, connection: IceServersConnection) {
    super()
    this.#ports = ports
    this.#turn = turn
    this.#sessionHash = sessionHash
    this.#connection = connection
  }

  take(): IceServer[] {
    const { clock, iceServers } = this.#ports
    const { urls, ttlSeconds } = this.#turn
    const now = clock.wall()
    this.#refreshAt = now + ttlSeconds * 1000 * REFRESH_AT
    return [...iceServers, { urls, ...turnCredentials(this.#turn, shortHash(this.#sessionHash), now) }]
  }

  keepUp(): void {
    this.#ports.timers.set(this, this.#refreshAt)
  }

  stop(): void {
    this.#ports.timers.clear(this)
  }

  override fire(): void {
    this.#connection.sendNow({ type: 'iceServers', iceServers: this.take() })
    this.keepUp()
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
