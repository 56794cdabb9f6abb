import type { LiveStreamError } from '../errors'
import type { Clock } from '../ports/clock'
import type { Goodbye, GoodbyeCode, IceServer, OfferBody, ServerMessage, Welcome } from '../protocol'
import type { BrowserPage } from './browser-page'
import type { Ending } from './close-policy'
import type { Sender } from './sender'
import type { SessionKey } from './session-key'
import type { WebSocketConstructor } from './socket'

/** A token, or where to get one. A function is called for each connection, and before the token expires. */
export type TokenSource = string | (() => string | Promise<string>)

export type SessionPorts = {
  /** The server: `ws:` or `wss:`, without a trailing slash. */
  readonly base: string
  readonly room: string
  readonly token: TokenSource | undefined
  readonly name: string | undefined
  /** The client's own name and version, for the server's logs. */
  readonly client: string
  readonly key: SessionKey
  /** Random, one per stay: a new connection of the same stay continues it; a new stay begins with nothing published. */
  readonly joinId: string
  readonly joinTimeoutMs: number
  /** Called when a socket is opened, so that importing needs no global. Throws `not_supported` where there is none. */
  readonly WebSocket: () => WebSocketConstructor
  readonly clock: Clock
  /** Sends messages to the server. The session gives it the current connection. */
  readonly sender: Sender
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number
  readonly page: BrowserPage
}

/** The last event that was folded, and the room instance. */
export type Position = { readonly seq: number; readonly instance: string }

/** The messages about the room, without those about the connection. */
export type RoomMessage = Extract<
  ServerMessage,
  { type: 'event' | 'cast' | 'presence' | 'signal' | 'rejected' | 'iceServers' }
>

export type SessionEvents = {
  /** A connection is held, or the server cannot hold one now. May come again. */
  prepared(): void
  /** The server holds the connection. May come again, with other ICE servers. */
  held(iceServers: readonly IceServer[]): void
  /** The offer that goes with the request for a seat, if there is one. */
  offer(maxCandidates: number): OfferBody | undefined
  /** A connection has ended, or none can be held. */
  disconnected(): void
  /** The server sends the events after this position; undefined asks for a snapshot. */
  position(): Position | undefined
  /** The client is in the room, for the first time or again. `hasOffered`: the offer went with the request for this seat. */
  welcome(welcome: Welcome, hasOffered: boolean): void
  message(message: RoomMessage): void
  /** All messages of a frame were passed on. */
  frameEnd(): void
  goodbye(goodbye: Goodbye): void
  /** There is no connection; the next try comes in `retryInMs`. */
  waiting(retry: { attempt: number; retryInMs: number }): void
  /** The session has ended. `code`: the code of the server's goodbye, if that ended it. */
  ended(error: LiveStreamError, code: GoodbyeCode | undefined): void
  log(level: 'debug' | 'info' | 'warn', text: string, fields?: Readonly<Record<string, unknown>>): void
}

/** What the session does when a connection comes to its next phase. */
export type RoomConnectionEvents = {
  /** The server accepted the socket. */
  opened(): void
  /** Verified, without a seat: it may be kept, or ask for a seat. */
  held(): void
  /** The server gives a seat. The session takes it by `seated`, or closes the connection. */
  welcomed(welcome: Welcome): void
  /** It has ended by itself, and is closed. */
  ended(ending: Ending, detail: string): void
}
