import type {
  BanListResult,
  Cast,
  CastDown,
  ChatHistoryResult,
  ChatMessage,
  GoodbyeCode,
  Limits,
  Mode,
  Rejection,
  Role,
  RoomCommand,
  SignalDown,
  SignalUp,
} from '@peerstage/sdk/protocol'
import type { Ban } from './moderation-ledger'
import type { Decided, Rejected } from './state'

/** What a verified token (or dev mode) says about a client that joins. Names and metadata are already clean. */
export type Claims = {
  readonly identity: string
  readonly role: Role
  readonly name: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** A connection asks for its participant's seat. `decide` finds out whether this is a join, a resume, a reload or a takeover. */
export type JoinCommand = {
  readonly type: 'session.join'
  readonly claims: Claims
  /** SHA-256 of the session key, hex. */
  readonly sessionHash: string
  /** Identifies this stay of the session. */
  readonly joinId: string
  /** The instance that the client was in before, and the last event that it has. Absent where it starts without one. */
  readonly resumes?: { readonly instance: string; readonly seq: number }
}

/** A command of the server itself; never on the wire. */
export type InternalCommand =
  /** The participant said `leave`, or did not come back in time. */
  | { readonly type: 'session.end'; readonly participantId: string; readonly reason: 'left' | 'lost' }
  /** A fresh token in mid-session: it may lower the role, never raise it. Same identity and room: checked before. */
  | { readonly type: 'session.refreshed'; readonly participantId: string; readonly role: Role }
  /** Opens an absent room without a participant, by the API. An open one stays as it is. */
  | { readonly type: 'room.open' }
  /** Erases all data of an identity. `messageIds`: of its messages in this instance. */
  | { readonly type: 'identity.erase'; readonly identity: string; readonly messageIds: ReadonlySet<string> }
  /** The server has restarted, and no host could join while it was down: the wait for one begins again. */
  | { readonly type: 'hostGrace.renew' }
  /** The wait for a host is over. */
  | { readonly type: 'hostGrace.end' }
  /** The room ends: by REST, by its own emptiness, or for another reason of the server. */
  | { readonly type: 'room.end'; readonly reason: 'ended' | 'empty' }

export type AnyCommand = JoinCommand | RoomCommand | InternalCommand

/** The rules of a room that configuration sets. */
export type RoomRules = {
  readonly roomId: string
  readonly mode: Mode
  readonly limits: Limits
  /** Who opens an absent room: each participant that joins, only a host, or only the API. */
  readonly createRooms: 'onJoin' | 'host' | 'api'
  /** Dev mode: a participant that joins a room without a host becomes its host. */
  readonly firstIsHost: boolean
  /** A second session of an identity replaces the first (`replace`), or is rejected while that is connected (`reject`). */
  readonly duplicateSessions: 'replace' | 'reject'
}

/** Makes random ids, which cannot be guessed. */
export type NewId = () => string

/** What `decide` gets beside state and command. `by`: the participant that asks; null for the server. */
export type DecideContext = {
  readonly by: string | null
  readonly now: number
  readonly newId: NewId
  readonly rules: RoomRules
  /** The wire id of the command, for the ledger; absent for internal ones. */
  readonly commandId?: number
  /** For a room that is not open: the bans of its earlier instances that were not lifted. An open room has them in its ledger. */
  readonly bans?: readonly Ban[]
  /** Whether a participant is disconnected, as the others have been told. Default: none is. */
  readonly isDisconnected?: (participantId: string) => boolean
  /** The message that the command names, read from the log: the room state has only the newest messages, and no identities. */
  readonly message?: ArchivedMessage
  /** The page of the log that `chat.history` asks for. Default: an empty page. */
  readonly history?: ChatHistoryResult
  /** The rejection of this command if it needs the log, which could not be read for it. */
  readonly logFailure?: Rejection
}

/** A message as it is kept, and the identity that wrote it. */
export type ArchivedMessage = {
  /** As all participants saw it. */
  readonly message: ChatMessage
  /** The `sub` of its author's token; empty where it is not known. */
  readonly identity: string
}

/** Accepted: events to append (none for a repeat or a query). */
export type Accepted = {
  readonly ok: true
  readonly events: readonly Decided[]
  readonly result?: ChatHistoryResult | BanListResult
  /** The first answer to a command that came again: the seq it had then. */
  readonly answeredSeq?: number
}

export type Decision = Accepted | Rejected

/** A join that is accepted, and the participant whose seat it is. */
export type JoinAccepted = {
  readonly ok: true
  readonly events: readonly Decided[]
  readonly participantId: string
}

/** A join that is rejected: the connection ends with this goodbye. */
export type JoinRejected = {
  readonly ok: false
  readonly error: { readonly goodbye: GoodbyeCode; readonly reason: string }
}

export type JoinDecision = JoinAccepted | JoinRejected

/** What `route` decides about: messages that are passed on, not logged. */
export type RelayMessage =
  | { readonly type: 'signal'; readonly signal: SignalUp }
  | { readonly type: 'cast'; readonly cast: Cast }

/** The participants that get it, and what they get. */
export type Routed = { readonly ok: true; readonly to: readonly string[]; readonly message: SignalDown | CastDown }
