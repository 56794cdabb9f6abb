import type { Participant, Role, Room, RoomCommand, RoomEvent } from '@peerstage/sdk/protocol'
import { DEFAULT_LIMITS, MODES, participantOf } from '@peerstage/sdk/protocol'
import type { Claims, DecideContext, Decision, InternalCommand, JoinDecision, RoomRules } from '../../src/room/command'
import { decide } from '../../src/room/decide'
import { evolveState, fold, toRecords } from '../../src/room/fold'
import type { Ban } from '../../src/room/moderation-ledger'
import type { ServerState } from '../../src/room/slices'
import type { StoredRecord } from '../../src/room/state'

type WithoutId<C> = C extends unknown ? Omit<C, 'id'> : never
/** A command without its id; the harness counts the ids. */
export type Asked = WithoutId<RoomCommand>

/** What was logAnswers up in the log before a command is decided. */
type LogAnswers = Pick<DecideContext, 'message' | 'history' | 'logFailure' | 'bans' | 'isDisconnected'>

type JoinOptions = Partial<Omit<Claims, 'identity'>> & { session?: string; joinId?: string }

export const RULES: RoomRules = {
  roomId: 'town-hall',
  mode: MODES.studio,
  limits: DEFAULT_LIMITS,
  createRooms: 'onJoin',
  firstIsHost: false,
  duplicateSessions: 'replace',
}

/** A room without sockets, clock or log: it decides commands and folds the resulting events. */
export type RoomHarness = ReturnType<typeof roomHarness>

/** @param bans the bans of earlier instances */
export function roomHarness(rules: Partial<RoomRules> = {}, bans: readonly Ban[] = []) {
  const inForce = { ...RULES, ...rules }
  const records: StoredRecord[] = []
  let state: ServerState | undefined
  let now = 1_000_000
  let ids = 0
  let commandIds = 0

  const context = (by: string | null, commandId?: number, logAnswers: LogAnswers = {}) => {
    const base = { by, now, newId: () => `id-${++ids}`, rules: inForce, bans, ...logAnswers }
    return commandId === undefined ? base : { ...base, commandId }
  }

  /** Decides a command, and folds the events if it was accepted. */
  function run(
    command: RoomCommand | InternalCommand,
    by: string | null = null,
    commandId?: number,
    logAnswers?: LogAnswers,
  ): Decision {
    return folded(decide(state, command, context(by, commandId, logAnswers)))
  }

  function folded<D extends Decision | JoinDecision>(decision: D): D {
    if (!decision.ok) return decision
    for (const record of toRecords(state, decision.events, now)) {
      // Frozen, so that code that changes a state in place throws.
      state = frozen(evolveState(state, frozen(record)))
      records.push(record)
    }
    return decision
  }

  const join = (
    identity: string,
    { session = `${identity}-session`, joinId = 'page-one', ...claims }: JoinOptions = {},
    logAnswers?: LogAnswers,
  ) => {
    const whole = { identity, role: 'viewer', name: identity, ...claims } as const
    const command = { type: 'session.join', claims: whole, sessionHash: session, joinId } as const
    return folded(decide(state, command, context(null, undefined, logAnswers)))
  }

  return {
    records,
    run,
    join,
    /** Joins, and returns the id of the participant. Throws when the join was rejected. */
    enter(identity: string, role: Role = 'viewer', more: JoinOptions = {}): string {
      const decision = join(identity, { role, ...more })
      if (!decision.ok) throw new Error(`${identity} was rejected: ${JSON.stringify(decision)}`)
      return decision.participantId
    },
    /** A participant sends a command. `logAnswers`: what the log returned for it. */
    ask: (by: string, asked: Asked, commandId = ++commandIds, logAnswers?: LogAnswers): Decision =>
      run({ ...asked, id: commandId } as RoomCommand, by, commandId, logAnswers),
    leave: (participantId: string, reason: 'left' | 'lost' = 'left') =>
      run({ type: 'session.end', participantId, reason }),
    /** Restarts: the state is rebuilt from the records. */
    restart() {
      state = fold(JSON.parse(JSON.stringify(records)))
    },
    pass(ms: number) {
      now += ms
    },
    get now() {
      return now
    },
    get state(): ServerState {
      if (state === undefined) throw new Error('the room is not open')
      return state
    },
    get room(): Room {
      return this.state.room
    },
    participant(id: string): Participant {
      const found = participantOf(this.room, id)
      if (found === undefined) throw new Error(`${id} is not in the room`)
      return found
    },
    roleOf(id: string): Role {
      return this.participant(id).role
    },
  }
}

/** Freezes a value deeply. A value that is frozen already is not visited again. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) frozen(part)
  return value
}

/** The events of an accepted command. Throws when it was rejected. */
export function eventsOf(decision: Decision | JoinDecision): RoomEvent[] {
  if (!decision.ok) throw new Error(`rejected: ${JSON.stringify(decision)}`)
  return decision.events.map(({ event }) => event)
}

/** The types of these events, in order. */
export const typesOf = (decision: Decision | JoinDecision): string[] => eventsOf(decision).map(({ type }) => type)

/** The code of a rejection or goodbye; otherwise `accepted`. */
export function outcomeOf(decision: Decision | JoinDecision): string {
  if (decision.ok) return 'accepted'
  return 'goodbye' in decision.error ? decision.error.goodbye : decision.error.code
}

export const ON = { published: true, muted: false, interrupted: false }
export const OFF = { published: false, muted: false, interrupted: false }
