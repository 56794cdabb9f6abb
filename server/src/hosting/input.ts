import type { IceServer, Role, RoomCommand } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { Claims, Routable } from '../room/command'

/** A verified connection asks for its place. */
export type Knock = {
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
  /** Told once, when the place is taken and the welcome is on its way. */
  readonly seated: () => void
  /** Told where another stay of the identity holds the place, and the client was welcomed to it: it knocks again when it confirms that. */
  readonly offered: (offer: Offer) => void
  /** What the client confirms by this knock. */
  readonly offer?: Offer
}

/** A place as a client was welcomed to it, before it took it over. */
export type Offer = {
  /** The participant whose place it is. */
  readonly self: string
  readonly seq: number
  readonly instance: string
  /** Who was reconnecting then. */
  readonly away: readonly string[]
}

/** An identity is to leave nothing behind in the room. `settle` is told whether that is kept. */
export type Erase = {
  readonly type: 'erase'
  readonly identity: string
  /** What it wrote in the instances of this room id. */
  readonly messages: readonly { readonly instance: string; readonly messageId: string }[]
  readonly settle: (outcome: 'erased' | 'unavailable') => void
}

/** How a connection went away: its tab was closed or navigated (WebSocket close code 1001), or anything else. */
export type Departure = 'closed' | 'lost'

/** Everything that can wait in a room's queue, in the order of its arrival. */
export type RoomInput =
  | Knock
  | { readonly type: 'command'; readonly connection: Connection; readonly command: RoomCommand }
  | { readonly type: 'routable'; readonly connection: Connection; readonly routable: Routable }
  | { readonly type: 'leave'; readonly connection: Connection; readonly commandId: number }
  /** A fresh token was verified. */
  | { readonly type: 'refresh'; readonly connection: Connection; readonly commandId: number; readonly role: Role }
  | { readonly type: 'gone'; readonly connection: Connection; readonly departure: Departure }
  /** A deadline has come. */
  | { readonly type: 'tick' }
  /** The API opens the room. `settle` is told whether it is open now. */
  | { readonly type: 'open'; readonly settle: (outcome: 'opened' | 'ended' | 'unavailable') => void }
  /** The server ends the room. `settle` is told whether it could. */
  | { readonly type: 'end'; readonly settle: (outcome: 'ended' | 'absent' | 'unavailable') => void }
  | Erase
