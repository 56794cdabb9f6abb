import type { Participant, Role, Room, RoomCommand, RoomEvent } from '@peerstage/sdk/protocol'
import { DEFAULT_LIMITS, MODES, participantOf } from '@peerstage/sdk/protocol'
import type { AnyCommand, Claims, DecideContext, Decision, RoomRules } from '../../src/room/command'
import { decide } from '../../src/room/decide'
import { evolveState, fold, toRecords } from '../../src/room/fold'
import type { Ban } from '../../src/room/moderation-ledger'
import type { ServerState } from '../../src/room/slices'
import type { StoredRecord } from '../../src/room/state'

type WithoutId<C> = C extends unknown ? Omit<C, 'id'> : never
/** What a participant asks for; the harness counts the ids. */
export type Asked = WithoutId<RoomCommand>

/** What was looked up before a command was decided. */
type Looked = Pick<DecideContext, 'message' | 'history' | 'unread' | 'bans' | 'isAway'>

type Knock = Partial<Omit<Claims, 'identity'>> & { session?: string; joinId?: string }

export const RULES: RoomRules = {
  roomId: 'town-hall',
  mode: MODES.studio,
  limits: DEFAULT_LIMITS,
  createRooms: 'onJoin',
  firstIsHost: false,
  duplicateSessions: 'replace',
}

/** A room without sockets, clock or log: commands go in, events come out, and what is accepted is folded. */
export type RoomHarness = ReturnType<typeof roomHarness>

/** @param bans who was banned in earlier instances */
export function roomHarness(rules: Partial<RoomRules> = {}, bans: readonly Ban[] = []) {
  const inForce = { ...RULES, ...rules }
  const records: StoredRecord[] = []
  let state: ServerState | undefined
  let now = 1_000_000
  let ids = 0
  let commandIds = 0

  const context = (by: string | null, commandId?: number, looked: Looked = {}) => {
    const base = { by, now, newId: () => `id-${++ids}`, rules: inForce, bans, ...looked }
    return commandId === undefined ? base : { ...base, commandId }
  }

  /** Decides, and folds what was accepted. */
  function run(command: AnyCommand, by: string | null = null, commandId?: number, looked?: Looked): Decision {
    const decision = decide(state, command, context(by, commandId, looked))
    if (!('events' in decision)) return decision
    for (const record of toRecords(state, decision.events, now)) {
      // Frozen: whatever changes a state in place, instead of giving a new one, throws.
      state = frozen(evolveState(state, frozen(record)))
      records.push(record)
    }
    return decision
  }

  const knock = (
    identity: string,
    { session = `${identity}-session`, joinId = 'page-one', ...claims }: Knock = {},
    looked?: Looked,
  ) => {
    const whole = { identity, role: 'viewer', name: identity, ...claims } as const
    return run({ type: 'session.join', claims: whole, sessionHash: session, joinId }, null, undefined, looked)
  }

  return {
    records,
    run,
    knock,
    /** Joins, and must be let in: gives the participant's id. */
    enter(identity: string, role: Role = 'viewer', more: Knock = {}): string {
      const decision = knock(identity, { role, ...more })
      if (!('events' in decision) || decision.participantId === undefined)
        throw new Error(`${identity} was not let in: ${JSON.stringify(decision)}`)
      return decision.participantId
    },
    /** A participant asks, by a fresh command id or a given one. `looked`: what the log had for it. */
    ask: (by: string, asked: Asked, commandId = ++commandIds, looked?: Looked): Decision =>
      run({ ...asked, id: commandId } as RoomCommand, by, commandId, looked),
    leave: (participantId: string, reason: 'left' | 'lost' = 'left') =>
      run({ type: 'session.end', participantId, reason }),
    /** The process ends, and another one knows what the log gives back. */
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

/** A value that nothing can change any more, all the way down. What is frozen already is taken as it is. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) frozen(part)
  return value
}

/** The events that a command led to; a rejection is a fault of the test. */
export function eventsOf(decision: Decision): RoomEvent[] {
  if (!decision.ok) throw new Error(`rejected: ${JSON.stringify(decision)}`)
  return decision.events.map(({ event }) => event)
}

/** The same by name alone, in order. */
export const typesOf = (decision: Decision): string[] => eventsOf(decision).map(({ type }) => type)

/** The code of a rejection or a goodbye; `accepted` where there is none. */
export function verdictOf(decision: Decision): string {
  if (decision.ok) return 'accepted'
  return 'goodbye' in decision ? decision.goodbye : decision.error.code
}

export const ON = { published: true, muted: false, interrupted: false }
export const OFF = { published: false, muted: false, interrupted: false }
