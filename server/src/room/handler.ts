import type { Cast, CastDown, Limits, Participant, Permission, RoomCommand } from '@peerstage/sdk/protocol'
import type { Accepted, DecideContext, Decision, InternalCommand } from './command'
import type { BaseLedger } from './ledger'
import type { Rejected, RoomState } from './state'

/** A command of a participant, with all that it is decided by. `L`: the parts of the ledger that the slice reads. */
export type Asking<C, L = BaseLedger> = {
  readonly state: RoomState<L>
  readonly command: C
  /** The participant that asks. */
  readonly actor: Participant
  readonly context: DecideContext
  /** The participant that the command names; it is in the room. */
  readonly target: C extends { participantId: string } ? Participant : undefined
}

/** What becomes of one command of a participant. */
export type Handler<C, L = BaseLedger> = {
  /** What the actor must be allowed to do; null where being in the room is enough. */
  readonly needs: Permission | null | ((asking: Omit<Asking<C, L>, 'target'>) => Permission | null)
  /** Why this actor may not do that to this target, in words. */
  readonly reasonAgainst?: (asking: Asking<C, L>) => string | undefined
  readonly decide: (asking: Asking<C, L>) => Decision
}

type CommandOf<T extends RoomCommand['type']> = Extract<RoomCommand, { type: T }>
/** A command of one type, with all that it is decided by. */
export type AskingOf<T extends RoomCommand['type'], L = BaseLedger> = Asking<CommandOf<T>, L>
/** The handlers of some commands: of each one. */
export type Handlers<T extends RoomCommand['type'], L = BaseLedger> = {
  readonly [Type in T]: Handler<CommandOf<Type>, L>
}

type InternalOf<T extends InternalCommand['type']> = Extract<InternalCommand, { type: T }>
/** What becomes of what the server itself asks of an open room. */
export type InternalHandlers<T extends InternalCommand['type'], L = BaseLedger> = {
  readonly [Type in T]: (state: RoomState<L>, command: InternalOf<Type>, context: DecideContext) => Accepted
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
