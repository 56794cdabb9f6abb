import type { IncomingMessage } from 'node:http'
import type { IceServer, Limits, Role } from '@peerstage/sdk/protocol'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Verify } from '../auth/verify-token'
import type { OriginRule } from '../config/origins'
import { bidFarewell } from '../hosting/farewell'
import type { RoomInput } from '../hosting/input'
import type { Clock } from '../ports/clock'
import { setTimer } from '../ports/clock'
import type { Logger } from '../ports/logger'
import type { Meter } from '../ports/meter'
import type { NewId } from '../room/command'
import { Handshake, type VerifiedClient } from './handshake/handshake'
import { type Address, addressOf } from './handshake/hello'
import type { AddressLabel } from './handshake/network'
import type { PeerAddress } from './handshake/peer-address'
import type { HttpServer } from './handshake/plain-request'
import { rejectBusy, rejectUpgrade } from './handshake/reject-upgrade'
import { createSocketServer } from './handshake/socket-server'
import type { Upgrade } from './handshake/unclaimed'
import { takeUpgrades } from './handshake/upgrades'
import { HoldQuota } from './limits/hold-quota'
import { MessageBudgets } from './limits/message-budget'
import { type FullReason, type SocketLease, SocketQuota, type SocketQuotaLimits } from './limits/socket-quota'
import { ClientSession } from './session/client-session'
import type { TurnServer } from './session/turn-credentials'
import { startHeartbeat } from './socket/heartbeat'
import { SocketConnection } from './socket/socket-connection'

/** So many at once hear that their network is at its bound: a flood of them would cost a handshake each. */
const MOST_TOLD = 50

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
  /** The same for everybody. */
  readonly iceServers: readonly IceServer[]
  /** Beside them: a TURN server whose passwords are made for each session. */
  readonly turn: TurnServer | undefined
  readonly submit: (roomId: string, input: RoomInput) => void
}

/** Takes WebSockets under the path of rooms, and sees every socket through: refused, verified, visiting, closed. */
export class Gateway {
  readonly #parts: GatewayPorts
  readonly #sockets: WebSocketServer
  readonly #quota: SocketQuota
  readonly #budgets: MessageBudgets
  readonly #holds: HoldQuota
  readonly #reception: Handshake
  readonly #connections = new Map<SocketConnection, WebSocket>()
  #stopBeat = () => {}
  /** Of those that are turned away, how many are just being told. */
  #told = 0
  #state: 'open' | 'draining' = 'open'

  constructor(parts: GatewayPorts) {
    this.#parts = parts
    this.#quota = new SocketQuota(parts.quota)
    this.#budgets = new MessageBudgets(parts.limits, () => parts.clock.elapsed())
    this.#holds = new HoldQuota(parts.maxHolds)
    this.#reception = new Handshake({ ...parts, budgets: this.#budgets })
    this.#sockets = createSocketServer(parts.limits.maxFrameBytes)
  }

  /** Open sockets, those in verification included. */
  get socketCount(): number {
    return this.#quota.sockets
  }

  /** Bytes that wait for slow readers. */
  get queuedBytes(): number {
    return this.#sum((connection) => connection.queuedBytes)
  }

  /** Sockets that are not read for now, as their clients have too many commands under way. */
  get pausedCount(): number {
    return this.#sum(({ commands }) => (commands.areTooMany ? 1 : 0))
  }

  #sum(of: (connection: SocketConnection) => number): number {
    let sum = 0
    for (const connection of this.#connections.keys()) sum += of(connection)
    return sum
  }

  /**
   * Takes the WebSockets under its path that come to a server: an app's, or `own`, where nothing else listens. Returns what detaches it.
   * @throws Error where another gateway has the path
   */
  attach(server: HttpServer, owner: 'app' | 'own'): () => void {
    const handler = {
      path: this.#parts.roomsPath,
      isLeaving: () => this.#state === 'draining',
      open: (...upgrade: Upgrade) => this.#open(upgrade),
      clock: this.#parts.clock,
    }
    return takeUpgrades(server, handler, owner)
  }

  #open(upgrade: Upgrade): void {
    const [request, socket] = upgrade
    const address = addressOf(request.url, this.#parts.roomsPath)
    // An error without a listener would end the process.
    socket.on('error', () => socket.destroy())
    const peer = this.#parts.peerAddress(request)
    const ticket = this.#quota.enter(peer)
    if (typeof ticket === 'string') return this.#rejectUpgrade(ticket, upgrade, address.roomId, peer)
    this.#upgrade(upgrade, address.roomId, ticket.leave, (connection, ws) => {
      if (this.#state === 'draining') bidFarewell(connection)
      else void this.#receive(connection, ws, request, address, ticket)
    })
  }

  /** A network that is at its bound hears so. A flood gets a bare answer, and so does every socket at the bound of the process. */
  #rejectUpgrade(why: FullReason, upgrade: Upgrade, room: string | undefined, peer: string | undefined): void {
    const label = this.#parts.addressLabel(peer)
    if (why === 'address_full' && this.#told < MOST_TOLD) {
      this.#told++
      const gone = () => this.#told--
      return this.#upgrade(upgrade, room, gone, (connection) => {
        if (this.#state === 'draining') bidFarewell(connection)
        else rejectBusy(connection, { why, ...label })
      })
    }
    this.#parts.meter.refusal(why, room === undefined ? label : { room, ...label })
    rejectUpgrade(upgrade[1], why, this.#parts.clock)
  }

  /**
   * Says goodbye to everybody, with delays that spread their return; ends when all are gone, or at the deadline. Who comes meanwhile
   * hears the same, and holds nothing up: those who were sent away come back while others still go.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#state = 'draining'
    const leaving = [...this.#connections.values()]
    for (const connection of this.#connections.keys()) bidFarewell(connection)
    await this.#gone(leaving, deadlineMs)
    for (const socket of this.#connections.values()) socket.terminate()
  }

  #gone(sockets: readonly WebSocket[], deadlineMs: number): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      const cancel = setTimer(clock, deadlineMs, resolve)
      const closed = sockets.map((ws) => new Promise<void>((gone) => ws.once('close', () => gone())))
      void Promise.all(closed).then(cancel).then(resolve)
    })
  }

  /** 101 comes first, so that a browser hears why it is refused. */
  #upgrade(
    [request, socket, head]: Upgrade,
    room: string | undefined,
    gone: () => void,
    then: (connection: SocketConnection, ws: WebSocket) => void,
  ): void {
    socket.once('close', gone)
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.pause()
      const connection = new SocketConnection(this.#parts.newId(), ws, { ...this.#parts, room })
      this.#keep(connection, ws)
      ws.on('error', (error) => this.#faulty(connection, error))
      then(connection, ws)
    })
  }

  /** Until it closes. The heartbeat runs while there is a socket: a server without sockets keeps no process alive. */
  #keep(connection: SocketConnection, ws: WebSocket): void {
    if (this.#connections.size === 0) this.#stopBeat = startHeartbeat(this.#parts.clock, this.#connections)
    this.#connections.set(connection, ws)
    ws.once('close', () => {
      this.#connections.delete(connection)
      if (this.#connections.size === 0) this.#stopBeat()
    })
  }

  async #receive(
    connection: SocketConnection,
    ws: WebSocket,
    request: IncomingMessage,
    address: Address,
    ticket: SocketLease,
  ): Promise<void> {
    const guest = await this.#reception.receive(connection, request, address)
    ticket.verified()
    if (guest !== undefined) this.#welcome(connection, ws, guest)
  }

  /** `ws` has closed the socket by itself. What is no fault of the frames is the network's. */
  #faulty({ auditContext }: SocketConnection, { code = '' }: NodeJS.ErrnoException): void {
    if (!code.startsWith('WS_ERR_')) return
    const reason = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'oversized_frame' : 'bad_frame'
    this.#parts.meter.refusal(reason, auditContext)
  }

  /** The socket is read again; if its peer has gone meanwhile that shows now, before a place is taken for it. */
  #welcome(connection: SocketConnection, ws: WebSocket, { parsed, pass }: VerifiedClient): void {
    const { clock } = this.#parts
    const budget = this.#budgets.of(pass.claims.identity, pass.roomId)
    const visit = new ClientSession({ ...this.#parts, holds: this.#holds }, connection, parsed, pass, budget)
    const early: [Buffer, boolean][] = []
    let listen = (data: Buffer, isBinary: boolean): void => {
      early.push([data, isBinary])
    }
    ws.on('message', (data: Buffer, isBinary: boolean) => listen(data, isBinary))
    ws.resume()
    // Two turns: the first may be over before the socket has been read once.
    clock.nextTurn(() =>
      clock.nextTurn(() => {
        if (!connection.isOpen) return
        ws.once('close', (code) => visit.over(code))
        visit.begin()
        listen = (data, isBinary) => visit.read(data, isBinary)
        for (const [data, isBinary] of early.splice(0)) visit.read(data, isBinary)
      }),
    )
  }
}
