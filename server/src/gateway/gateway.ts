import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { IceServer, Limits, Role } from '@peerstage/sdk/protocol'
import type { Server as WebSocketServer } from 'ws'
import type { Verify } from '../auth/verify-token'
import type { AddressLabel, PeerAddress } from '../config/network'
import type { OriginRule } from '../config/origins'
import type { RoomInput } from '../hosting/input'
import { closeDraining } from '../hosting/rejections'
import type { Clock } from '../ports/clock'
import type { Logger } from '../ports/logger'
import type { Meter } from '../ports/meter'
import { WallTimers } from '../ports/wall-timers'
import type { NewId } from '../room/command'
import { Handshake } from './handshake/handshake'
import { type Address, addressOf } from './handshake/hello'
import { rejectBusy, rejectUpgrade } from './handshake/reject-upgrade'
import { createSocketServer } from './handshake/socket-server'
import type { HttpServer, Upgrade } from './handshake/upgrades'
import { takeUpgrades } from './handshake/upgrades'
import { HoldQuota } from './limits/hold-quota'
import { MessageBudgets } from './limits/message-budget'
import { type QuotaReason, type SocketLease, SocketQuota, type SocketQuotaLimits } from './limits/socket-quota'
import { ClientSession, type ClientSessionPorts } from './session/client-session'
import { iceServersBy, type TurnServer } from './session/ice-servers'
import type { ClientSocket } from './socket/client-socket'
import { SharedFrames } from './socket/frames'
import { OpenConnections } from './socket/open-connections'
import { SocketConnection, type SocketConnectionPorts } from './socket/socket-connection'

/** How many clients over the limit of their network get a goodbye at a time: each costs a WebSocket handshake. The others get a bare 429. */
const MAX_GOODBYES = 50

export type GatewayPorts = {
  /** What the URLs of rooms begin with: `/v1/rooms/`. */
  readonly roomsPath: string
  readonly clock: Clock
  readonly newId: NewId
  readonly meter: Meter
  readonly logger: Logger
  readonly verify: Verify
  /** The role that dev mode gives a client of this machine without a token; if absent, a token is needed. */
  readonly roleWithoutToken: Role | undefined
  readonly mayConnect: OriginRule
  readonly peerAddress: PeerAddress
  readonly addressLabel: AddressLabel
  readonly quota: SocketQuotaLimits
  readonly maxHolds: number
  readonly limits: Limits
  /** The same for every client. */
  readonly iceServers: readonly IceServer[]
  /** Beside them: a TURN server whose passwords are made for each session. */
  readonly turn: TurnServer | undefined
  readonly submit: (roomId: string, input: RoomInput) => void
}

/** Takes WebSockets under the path of rooms: each one is rejected, or verified and given to a session. */
export class Gateway {
  readonly #ports: GatewayPorts
  readonly #sessionPorts: ClientSessionPorts
  readonly #connectionPorts: SocketConnectionPorts
  readonly #sockets: WebSocketServer<typeof ClientSocket>
  readonly #quota: SocketQuota
  readonly #handshake: Handshake
  readonly #connections: OpenConnections
  /** Rejected sockets that get a goodbye and are not closed yet. */
  #goodbyes = 0
  #state: 'open' | 'draining' = 'open'

  constructor(ports: GatewayPorts) {
    const budgets = new MessageBudgets(ports.limits, () => ports.clock.elapsed())
    this.#ports = ports
    const timers = new WallTimers(ports.clock)
    const iceServersOf = iceServersBy({ ...ports, timers })
    this.#sessionPorts = { ...ports, budgets, holds: new HoldQuota(ports.maxHolds), timers, iceServersOf }
    const closed = (connection: SocketConnection) => this.#connections.remove(connection)
    this.#connectionPorts = { ...ports, frames: new SharedFrames(), closed }
    this.#quota = new SocketQuota(ports.quota)
    this.#handshake = new Handshake({ ...ports, budgets })
    this.#sockets = createSocketServer(ports.limits.maxFrameBytes)
    this.#connections = new OpenConnections(ports.clock)
  }

  /** Open sockets, those in verification included. */
  get socketCount(): number {
    return this.#quota.sockets
  }

  /** Bytes that wait for slow readers. */
  get queuedBytes(): number {
    return this.#connections.queuedBytes
  }

  /** Sockets that are not read for now, as their clients have too many commands in flight. */
  get pausedCount(): number {
    return this.#connections.paused
  }

  /**
   * Takes the WebSockets under its path that come to a server: an app's, or `own`, where nothing else listens. Returns what detaches it.
   * @throws Error where another gateway has the path
   */
  attach(server: HttpServer, owner: 'app' | 'own'): () => void {
    const handler = {
      path: this.#ports.roomsPath,
      isLeaving: () => this.#state === 'draining',
      open: (...upgrade: Upgrade) => this.#open(upgrade),
      clock: this.#ports.clock,
    }
    return takeUpgrades(server, handler, owner)
  }

  /**
   * Says goodbye to all clients, with delays that spread their return; ends when all are gone, or at the deadline. Clients that
   * connect during the drain get the same goodbye and delay nothing: clients that were disconnected come back while others still leave.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#state = 'draining'
    await this.#connections.drain(deadlineMs)
  }

  // Closures made in `#open` and `#upgrade` hold the request, which has the token. Listeners that live as long as the socket are
  // made in functions of their own: `releaseAtEnd`.
  #open(upgrade: Upgrade): void {
    const [request, socket] = upgrade
    const address = addressOf(request.url, this.#ports.roomsPath)
    const peer = this.#ports.peerAddress(request)
    const quota = this.#quota.acquire(peer)
    if (!quota.ok) return this.#reject(quota.error, upgrade, address.roomId, peer)
    const { lease } = quota
    releaseAtEnd(socket, lease)
    this.#upgrade(upgrade, address.roomId, (connection) => {
      if (this.#state === 'draining') closeDraining(connection)
      else void this.#serve(connection, request, address, lease)
    })
  }

  /** A client over the limit of its network gets a goodbye. In a flood it gets a bare 429, and a client over a limit of the process a bare 503. */
  #reject(why: QuotaReason, upgrade: Upgrade, room: string | undefined, peer: string | undefined): void {
    const label = this.#ports.addressLabel(peer)
    if (why === 'address_full' && this.#goodbyes < MAX_GOODBYES) {
      this.#goodbyes++
      upgrade[1].on('close', () => this.#goodbyes--)
      return this.#upgrade(upgrade, room, (connection) => {
        if (this.#state === 'draining') closeDraining(connection)
        else rejectBusy(connection, { why, ...label })
      })
    }
    this.#ports.meter.rejection(why, room === undefined ? label : { room, ...label })
    rejectUpgrade(upgrade[1], why, this.#ports.clock)
  }

  /** 101 comes first, so that a browser hears why it is rejected. The socket is not read until its client is verified. */
  #upgrade(upgrade: Upgrade, room: string | undefined, then: (connection: SocketConnection) => void): void {
    const [, socket] = upgrade
    this.#sockets.handleUpgrade(...upgrade, (ws) => {
      ws.pause()
      const connection = new SocketConnection(this.#ports.newId(), room, ws, socket, this.#connectionPorts)
      this.#connections.add(connection)
      then(connection)
    })
  }

  async #serve(
    connection: SocketConnection,
    request: IncomingMessage,
    address: Address,
    lease: SocketLease,
  ): Promise<void> {
    const client = await this.#handshake.verify(connection, request, address)
    lease.verified()
    if (client !== undefined) connection.start(new ClientSession(this.#sessionPorts, connection, client))
  }
}

function releaseAtEnd(socket: Duplex, lease: SocketLease): void {
  socket.on('close', () => lease.release())
}
