import { type LoggedEvent, PROTOCOL_VERSION, type Welcome } from '@peerstage/sdk/protocol'
import type { JoinCommand } from '../room/command'
import { decide } from '../room/index'
import type { Decided, ServerState } from '../room/state'
import { call, close, presenceOf, replyOk, send } from './effect'
import type { Knock } from './input'
import type { Lookups } from './prefetch'
import { connectionOf } from './seats'
import { apply, contextOf, type Draft, isClosed, publicPart } from './transaction'

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
  } else if (mustConfirm(draft, decision.participantId, knock)) {
    offer(draft, decision.participantId, knock, lookups)
  } else {
    take(draft, { participantId: decision.participantId, events: decision.events }, knock, lookups)
  }
}

/** What a knock asks of the room. */
export function joinOf({ claims, sessionHash, joinId, seq, instance, offer }: Knock): JoinCommand {
  const join = { type: 'session.join', claims, sessionHash, joinId } as const
  const isFresh = seq === undefined || instance === undefined || offer !== undefined
  return isFresh ? join : { ...join, resumes: { instance, seq } }
}

/**
 * Whether a place changes hands only when the client has said that it is there, for its user may have given up meanwhile: that
 * of another session. A session's key is with one page at a time, so the page before is gone.
 */
function mustConfirm({ state }: Draft, participantId: string, { offer, sessionHash }: Knock): boolean {
  const holder = state?.ledger.sessions.get(participantId)
  return offer === undefined && holder !== undefined && holder.hash !== sessionHash
}

/** Shows the room as it is, and changes nothing. */
function offer(draft: Draft, self: string, knock: Knock, lookups: Lookups): void {
  if (draft.state === undefined) return
  const welcome = { ...welcomeOf(draft, draft.state, self, knock, lookups), confirm: true } as const
  const { seq, instance, reconnecting: away } = welcome
  draft.effects.push(
    send([knock.connection], welcome),
    call(() => knock.offered({ self, seq, instance, away })),
  )
  reply(draft, knock)
}

type Taking = { readonly participantId: string; readonly events: readonly Decided[] }

function take(draft: Draft, { participantId, events }: Taking, knock: Knock, lookups: Lookups): void {
  const wasAway = draft.seats.get(participantId)?.line.state === 'away'
  if (knock.offer === undefined) {
    replaceConnection(draft, participantId, knock)
    apply(draft, events)
    seat(draft, participantId, knock)
    welcome(draft, participantId, knock, lookups)
  } else {
    const missed = draft.state && eventsSince(draft, draft.state, knock, lookups)
    if (missed === undefined || participantId !== knock.offer.self || isOvertaken(draft, participantId, knock)) {
      draft.effects.push(close(knock.connection, 'unavailable', 'The room has changed too much meanwhile. Try again.'))
      return
    }
    replaceConnection(draft, participantId, knock)
    seat(draft, participantId, knock)
    catchUp(draft, knock, knock.offer.away, missed)
    apply(draft, events)
    answer(draft, knock)
  }
  if (wasAway) draft.effects.push(presenceOf(draft.seats.connections(participantId), participantId, 'connected'))
}

/** Another page of its session has taken the place since: that one's commands have the numbers that this one would begin with. */
function isOvertaken({ state }: Draft, participantId: string, { sessionHash, joinId }: Knock): boolean {
  const holder = state?.ledger.sessions.get(participantId)
  return holder?.hash === sessionHash && holder.joinId !== joinId
}

/** The connection that held the place so far goes: its page has been replaced, or its socket. */
function replaceConnection(draft: Draft, participantId: string, knock: Knock): void {
  const seat = draft.seats.get(participantId)
  const before = connectionOf(seat)
  if (seat === undefined || before === undefined || before === knock.connection) return
  draft.effects.push(close(before, 'superseded', 'Another connection has taken this place.'))
  draft.seats.put({ ...seat, line: { state: 'away', since: draft.elapsed, departure: 'lost' } })
}

function seat(draft: Draft, participantId: string, { connection, sessionHash, attempt }: Knock): void {
  draft.seats.put({ participantId, sessionHash, attempt, line: { state: 'connected', connection } })
}

function welcome(draft: Draft, participantId: string, knock: Knock, lookups: Lookups): void {
  if (draft.state === undefined) return
  const welcome = welcomeOf(draft, draft.state, participantId, knock, lookups)
  draft.effects.push(send([knock.connection], welcome))
  answer(draft, knock)
  const { meter } = draft.settings
  if (knock.seq !== undefined) draft.effects.push(call(() => meter.resume(welcome.resumed ? 'events' : 'snapshot')))
}

function answer(draft: Draft, knock: Knock): void {
  draft.effects.push(call(knock.seated))
  reply(draft, knock)
}

function reply({ effects, state }: Draft, { connection, commandId }: Knock): void {
  if (commandId !== undefined && state !== undefined) effects.push(replyOk(connection, commandId, state.room.seq))
}

/** What has happened between the welcome and its confirmation, for who was not in the room yet. */
function catchUp(
  draft: Draft,
  { connection }: Knock,
  awayBefore: readonly string[],
  missed: readonly LoggedEvent[],
): void {
  const to = [connection]
  for (const logged of missed) draft.effects.push(send(to, { type: 'event', logged }))
  const [before, now] = [new Set(awayBefore), new Set(draft.seats.away())]
  for (const { participantId } of draft.seats) {
    if (before.has(participantId) === now.has(participantId)) continue
    draft.effects.push(presenceOf(to, participantId, now.has(participantId) ? 'reconnecting' : 'connected'))
  }
}

function welcomeOf(draft: Draft, state: ServerState, self: string, knock: Knock, lookups: Lookups): Welcome {
  const { rules } = draft.settings
  const events = eventsSince(draft, state, knock, lookups)
  const holder = state.ledger.sessions.get(self)
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
    // Another session begins to count anew when it takes the place.
    lastCommandId: holder?.hash === knock.sessionHash ? holder.lastCommandId : 0,
    serverTime: draft.now,
  }
}

/** All events after the knock's seq, those of this very batch included; undefined where only a snapshot will do. */
function eventsSince(draft: Draft, state: ServerState, knock: Knock, lookups: Lookups): LoggedEvent[] | undefined {
  const before = lookups.missed.get(knock)
  if (before === undefined || knock.instance !== state.room.instance) return undefined
  return [...before, ...draft.records.map(publicPart)]
}
