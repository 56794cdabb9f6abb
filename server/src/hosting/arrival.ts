import { type LoggedEvent, PROTOCOL_VERSION, type Welcome } from '@peerstage/sdk/protocol'
import type { JoinCommand } from '../room/command'
import { decide } from '../room/index'
import type { ServerState } from '../room/state'
import { apply, contextOf, type Draft, isClosed, publicPart } from './draft'
import { call, close, presenceOf, replyOk, send } from './effect'
import type { Knock } from './input'
import type { Lookups } from './lookups'
import { connectionOf } from './seats'

/** A connection takes its participant's place: a join, a resume, a reload or a takeover. */
export function arrive(draft: Draft, knock: Knock, lookups: Lookups): void {
  if (isClosed(draft)) {
    draft.leftover.push(knock)
    return
  }
  const known = draft.seats.find((seat) => seat.sessionHash === knock.sessionHash)
  if (known !== undefined && knock.attempt < known.attempt) {
    draft.effects.push(close(knock.connection, 'superseded', 'A newer connection of this session is here already.'))
    return
  }
  const decision = decide(draft.state, joinOf(knock), contextOf(draft, null))
  if ('goodbye' in decision) {
    draft.effects.push(close(knock.connection, decision.goodbye, decision.reason))
  } else if ('refused' in decision || decision.participantId === undefined) {
    draft.effects.push(close(knock.connection, 'unavailable', 'The place could not be taken.'))
  } else {
    const { participantId } = decision
    const wasAway = draft.seats.get(participantId)?.line.state === 'away'
    replaceConnection(draft, participantId, knock)
    apply(draft, decision.events)
    seat(draft, participantId, knock, lookups)
    if (wasAway) draft.effects.push(presenceOf(draft.seats.connections(participantId), participantId, 'connected'))
  }
}

/** What a knock asks of the room. */
export function joinOf({ claims, sessionHash, page, seq, instance }: Knock): JoinCommand {
  const join = { type: 'session.join', claims, sessionHash, page } as const
  return seq === undefined || instance === undefined ? join : { ...join, resumes: instance }
}

/** The connection that held the place so far goes: its page has been replaced, or its socket. */
function replaceConnection(draft: Draft, participantId: string, knock: Knock): void {
  const seat = draft.seats.get(participantId)
  const before = connectionOf(seat)
  if (seat === undefined || before === undefined || before === knock.connection) return
  draft.effects.push(close(before, 'superseded', 'Another connection has taken this place.'))
  draft.seats.put({ ...seat, line: { state: 'away', since: draft.elapsed, departure: 'lost' } })
}

function seat(draft: Draft, participantId: string, knock: Knock, lookups: Lookups): void {
  const { connection, sessionHash, attempt, commandId } = knock
  draft.seats.put({ participantId, sessionHash, attempt, line: { state: 'connected', connection } })
  if (draft.state === undefined) return
  const welcome = welcomeOf(draft, draft.state, participantId, knock, lookups)
  draft.effects.push(send([connection], welcome), call(knock.seated))
  const { meter } = draft.settings
  if (knock.seq !== undefined) draft.effects.push(call(() => meter.resume(welcome.resumed ? 'events' : 'snapshot')))
  if (commandId !== undefined) draft.effects.push(replyOk(connection, commandId, draft.state.room.seq))
}

function welcomeOf(draft: Draft, state: ServerState, self: string, knock: Knock, lookups: Lookups): Welcome {
  const { rules } = draft.settings
  const events = eventsSince(draft, state, knock, lookups)
  return {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    self,
    instance: state.room.instance,
    seq: state.room.seq,
    resumed: events !== undefined,
    ...(events === undefined ? { room: state.room } : { events }),
    reconnecting: draft.seats.away(),
    iceServers: [...knock.iceServers],
    limits: rules.limits,
    lastCommandId: state.ledger.sessions.get(self)?.lastCommandId ?? 0,
    serverTime: draft.now,
  }
}

/** All events after the knock's seq, those of this very turn included; undefined where only a snapshot will do. */
function eventsSince(draft: Draft, state: ServerState, knock: Knock, lookups: Lookups): LoggedEvent[] | undefined {
  const before = lookups.missed.get(knock)
  if (before === undefined || knock.instance !== state.room.instance) return undefined
  return [...before, ...draft.records.map(publicPart)]
}
