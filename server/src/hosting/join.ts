import { type Edge, type LoggedEvent, PROTOCOL_VERSION, participantOf, type Welcome } from '@peerstage/sdk/protocol'
import type { JoinAccepted, JoinCommand } from '../room/command'
import { decide } from '../room/decide'
import { publicPart } from '../room/fold'
import type { ServerState } from '../room/slices'
import type { Prefetched } from './batch-inputs'
import { call, close, presenceOf, replyOk, send } from './effect'
import type { JoinRequest } from './input'
import { connectionOf, type Seat } from './seats'
import { apply, contextOf, isClosed, type Transaction } from './transaction'

/** A connection takes its participant's seat: a join, a resume, a reload or a takeover. */
export function join(tx: Transaction, request: JoinRequest, prefetched: Prefetched): void {
  if (isClosed(tx)) {
    tx.deferred.push(request)
    return
  }
  const known = seatOfSession(tx, request.sessionHash)
  if (known !== undefined && request.attempt < known.attempt) {
    tx.effects.push(close(request.connection, 'superseded', 'A newer connection of this session is here already.'))
    return
  }
  const decision = decide(tx.state, joinCommandOf(request), contextOf(tx, null))
  if (!decision.ok) {
    tx.effects.push(close(request.connection, decision.error.goodbye, decision.error.reason))
  } else if (mustConfirm(tx, decision.participantId, request)) {
    offer(tx, decision.participantId, request, prefetched)
  } else {
    takeSeat(tx, decision, request, prefetched)
  }
}

function seatOfSession({ state, seats }: Transaction, hash: string): Seat | undefined {
  return seats.find(({ participantId }) => state?.ledger.sessions.get(participantId)?.hash === hash)
}

/** What a join request asks of the rules. */
export function joinCommandOf({ claims, sessionHash, joinId, seq, instance, offer }: JoinRequest): JoinCommand {
  const command = { type: 'session.join', claims, sessionHash, joinId } as const
  const isFresh = seq === undefined || instance === undefined || offer !== undefined
  return isFresh ? command : { ...command, resumes: { instance, seq } }
}

/**
 * Whether the client must confirm before it takes the seat: where another session holds it, for the user may have given up
 * meanwhile. Within one session it need not: one page at a time has the key, so the page before is gone.
 */
function mustConfirm({ state }: Transaction, participantId: string, { offer, sessionHash }: JoinRequest): boolean {
  const holder = state?.ledger.sessions.get(participantId)
  return offer === undefined && holder !== undefined && holder.hash !== sessionHash
}

/** Shows the room as it is, and changes nothing. */
function offer(tx: Transaction, self: string, request: JoinRequest, prefetched: Prefetched): void {
  if (tx.state === undefined) return
  const welcome = { ...welcomeOf(tx, tx.state, self, request, prefetched), confirm: true } as const
  const { seq, instance, reconnecting } = welcome
  tx.effects.push(
    send([request.connection], welcome),
    call(() => request.offered({ self, seq, instance, disconnected: reconnecting })),
  )
  reply(tx, request)
}

function takeSeat(
  tx: Transaction,
  { participantId, events }: JoinAccepted,
  request: JoinRequest,
  prefetched: Prefetched,
): void {
  const wasDisconnected = tx.seats.get(participantId)?.status.type === 'disconnected'
  if (request.offer === undefined) {
    replaceConnection(tx, participantId, request)
    apply(tx, events)
    seat(tx, participantId, request)
    welcome(tx, participantId, request, prefetched)
  } else {
    const missed = tx.state && eventsSince(tx, tx.state, request, prefetched)
    if (missed === undefined || participantId !== request.offer.self || isOvertaken(tx, participantId, request)) {
      tx.effects.push(close(request.connection, 'unavailable', 'The room has changed too much meanwhile. Try again.'))
      return
    }
    replaceConnection(tx, participantId, request)
    seat(tx, participantId, request)
    catchUp(tx, request, request.offer.disconnected, missed)
    apply(tx, events)
    seated(tx, participantId, request)
  }
  if (wasDisconnected) tx.effects.push(presenceOf(tx.seats.connections(participantId), participantId, 'connected'))
}

/** Another page of the session has taken the seat since: its commands have the numbers that this one would begin with. */
function isOvertaken({ state }: Transaction, participantId: string, { sessionHash, joinId }: JoinRequest): boolean {
  const holder = state?.ledger.sessions.get(participantId)
  return holder?.hash === sessionHash && holder.joinId !== joinId
}

/** Closes the connection that held the seat so far: its page or its socket was replaced. */
function replaceConnection(tx: Transaction, participantId: string, request: JoinRequest): void {
  const seat = tx.seats.get(participantId)
  const before = connectionOf(seat)
  if (seat === undefined || before === undefined || before === request.connection) return
  tx.effects.push(close(before, 'superseded', 'Another connection has taken this seat.'))
  tx.seats.put({ ...seat, status: { type: 'disconnected', since: tx.elapsed, departure: 'lost' } })
}

function seat(tx: Transaction, participantId: string, { connection, attempt }: JoinRequest): void {
  tx.seats.put({ participantId, attempt, status: { type: 'connected', connection } })
}

function welcome(tx: Transaction, participantId: string, request: JoinRequest, prefetched: Prefetched): void {
  if (tx.state === undefined) return
  const welcome = welcomeOf(tx, tx.state, participantId, request, prefetched)
  tx.effects.push(send([request.connection], welcome))
  seated(tx, participantId, request)
  const { meter } = tx.settings
  if (request.seq !== undefined) tx.effects.push(call(() => meter.resume(welcome.resumed ? 'events' : 'snapshot')))
}

/** The edge on which a participant makes the offer that has just joined. */
function newcomersEdge({ room }: ServerState, id: string): Edge | undefined {
  const joinSeq = participantOf(room, id)?.joinSeq
  return room.edges.find(({ offerer, born }) => offerer === id && born === joinSeq)
}

function seated(tx: Transaction, participantId: string, request: JoinRequest): void {
  const edge = tx.state && newcomersEdge(tx.state, participantId)
  tx.effects.push(call(() => request.seated(edge)))
  reply(tx, request)
}

function reply({ effects, state }: Transaction, { connection, commandId }: JoinRequest): void {
  if (commandId !== undefined && state !== undefined) effects.push(replyOk(connection, commandId, state.room.seq))
}

/** What has happened between the welcome and its confirmation, for a client that was not in the room yet. */
function catchUp(
  tx: Transaction,
  { connection }: JoinRequest,
  disconnectedBefore: readonly string[],
  missed: readonly LoggedEvent[],
): void {
  const to = [connection]
  for (const logged of missed) tx.effects.push(send(to, { type: 'event', logged }))
  const [before, now] = [new Set(disconnectedBefore), new Set(tx.seats.disconnected())]
  for (const { participantId } of tx.seats) {
    if (before.has(participantId) === now.has(participantId)) continue
    tx.effects.push(presenceOf(to, participantId, now.has(participantId) ? 'reconnecting' : 'connected'))
  }
}

function welcomeOf(
  tx: Transaction,
  state: ServerState,
  self: string,
  request: JoinRequest,
  prefetched: Prefetched,
): Welcome {
  const { rules } = tx.settings
  const events = eventsSince(tx, state, request, prefetched)
  const holder = state.ledger.sessions.get(self)
  return {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    self,
    instance: state.room.instance,
    seq: state.room.seq,
    resumed: events !== undefined,
    ...(events === undefined ? { room: state.room } : { events }),
    reconnecting: tx.seats.disconnected(),
    iceServers: [...request.iceServers],
    limits: rules.limits,
    // Another session counts from 1 when it takes the seat.
    lastCommandId: holder?.hash === request.sessionHash ? holder.lastCommandId : 0,
    serverTime: tx.now,
  }
}

/** All events after the request's seq, those of this very batch included; undefined where only a snapshot will do. */
function eventsSince(
  tx: Transaction,
  state: ServerState,
  request: JoinRequest,
  prefetched: Prefetched,
): LoggedEvent[] | undefined {
  const before = prefetched.missed.get(request)
  if (before === undefined || request.instance !== state.room.instance) return undefined
  return [...before, ...tx.records.map(publicPart)]
}
