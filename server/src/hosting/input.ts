import type { Edge, IceServer, Role, RoomCommand } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { Claims, RelayMessage } from '../room/command'

/** A verified connection asks for a participant's seat. */
export type JoinRequest = {
  readonly type: 'join'
  readonly connection: Connection
  readonly claims: Claims
  /** SHA-256 of the session key, hex. */
  readonly sessionHash: string
  readonly joinId: string
  readonly attempt: number
  /** What the client has folded already; asks for what came after. */
  readonly seq?: number
  readonly instance?: string
  /** For its welcome. */
  readonly iceServers: readonly IceServer[]
  /** The `join` command of a held connection, answered after the welcome. */
  readonly commandId?: number
  /** Called once, when the seat is taken and the welcome is queued. `offersOn`: the edge on which the newcomer makes the offer. */
  readonly seated: (offersOn: Edge | undefined) => void
  /** Called when another stay of the identity holds the seat and the client was shown the room: it asks again when it confirms. */
  readonly offered: (offer: Offer) => void
  /** What the client confirms by this request. */
  readonly offer?: Offer
}

/** The room as a client was shown it, before it takes over a seat. */
export type Offer = {
  /** The participant whose seat it is. */
  readonly self: string
  readonly seq: number
  readonly instance: string
  /** The participants that were reconnecting then. */
  readonly disconnected: readonly string[]
}

/** Erases all data of an identity in the room. `settle` is called when that is stored, or could not be. */
export type Erase = {
  readonly type: 'erase'
  readonly identity: string
  /** What it wrote in the instances of this room id. */
  readonly messages: readonly { readonly instance: string; readonly messageId: string }[]
  readonly settle: (outcome: 'erased' | 'unavailable') => void
}

/** How a connection went away: its tab was closed or navigated (WebSocket close code 1001), or anything else. */
export type Departure = 'closed' | 'lost'

/** One kind of input. */
export type InputOf<T extends RoomInput['type']> = Extract<RoomInput, { type: T }>

/** Everything that can wait in a room's queue, in the order of its arrival. */
export type RoomInput =
  | JoinRequest
  | { readonly type: 'command'; readonly connection: Connection; readonly command: RoomCommand }
  | { readonly type: 'relay'; readonly connection: Connection; readonly message: RelayMessage }
  | { readonly type: 'leave'; readonly connection: Connection; readonly commandId: number }
  /** A fresh token was verified. */
  | { readonly type: 'refresh'; readonly connection: Connection; readonly commandId: number; readonly role: Role }
  | { readonly type: 'gone'; readonly connection: Connection; readonly departure: Departure }
  /** A deadline has come. */
  | { readonly type: 'tick' }
  /** The API opens the room. `settle` is called with the outcome. */
  | { readonly type: 'open'; readonly settle: (outcome: 'opened' | 'ended' | 'unavailable') => void }
  /** The server ends the room. `settle` is called with the outcome. */
  | { readonly type: 'end'; readonly settle: (outcome: 'ended' | 'absent' | 'unavailable') => void }
  | Erase

/** The type of the command that an input is; undefined if it is not counted as a command. */
export function commandTypeOf(input: RoomInput): ClientCommandType | undefined {
  if (input.type === 'command') return input.command.type
  if (input.type === 'leave') return 'leave'
  return input.type === 'refresh' ? 'session.refresh' : undefined
}
type ClientCommandType = RoomCommand['type'] | 'leave' | 'session.refresh'
