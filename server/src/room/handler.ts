import type { Cast, CastDown, Limits, Participant, Permission, RoomCommand } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext, InternalCommand } from './command'
import type { Decided, Rejected, ServerState } from './state'

/** A command of a participant, with all that it is decided by. */
export type Asking<C> = {
  readonly state: ServerState
  readonly command: C
  /** The participant that asks. */
  readonly actor: Participant
  readonly context: DecideContext
  /** The participant that the command names; it is in the room. */
  readonly target: C extends { participantId: string } ? Participant : undefined
}

/** What becomes of one command of a participant. */
export type Handler<C> = {
  /** What the actor must be allowed to do; null where being in the room is enough. */
  readonly needs: Permission | null | ((asking: Omit<Asking<C>, 'target'>) => Permission | null)
  /** Why this actor may not do that to this target, in words. */
  readonly reasonAgainst?: (asking: Asking<C>) => string | undefined
  readonly decide: (asking: Asking<C>) => Accepted | Rejected
}

type CommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>
/** A command of one type, with all that it is decided by. */
export type AskingOf<T extends RoomCommand['type']> = Asking<CommandOf<T>>
/** The handlers of some commands: of each one. */
export type Handlers<T extends RoomCommand['type']> = { readonly [Type in T]: Handler<CommandOf<Type>> }

type InternalOf<T extends InternalCommand['type']> = Extract<InternalCommand, { type: T }>
/** What becomes of what the server itself asks of an open room. */
export type InternalHandlers<T extends InternalCommand['type']> = {
  readonly [Type in T]: (state: ServerState, command: InternalOf<Type>, context: DecideContext) => Accepted
}

/** What becomes of one kind of cast. */
export type CastHandler<C> = {
  /** What the sender must be allowed to do. */
  readonly needs: Permission
  /** Which others it is for, by id; all of them where undefined. */
  readonly to?: (cast: C) => readonly string[] | undefined
  /** Why it is not passed on. */
  readonly check?: (cast: C, limits: Limits) => Rejected | undefined
  /** As the others get it. */
  readonly down: (cast: C) => CastDown['cast']
}
type CastOf<T extends Cast['type']> = Extract<Cast, { type: T }>
/** The handlers of some casts: of each one. */
export type CastHandlers<T extends Cast['type']> = { readonly [Type in T]: CastHandler<CastOf<Type>> }

/** What a slice takes out of a room when an identity is erased. `messageIds`: what it wrote in this instance. */
export type Erases = (state: ServerState, messageIds: ReadonlySet<string>) => Decided[]
