import type { Rejection } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { InternalCommand } from '../room/command'
import { decide } from '../room/decide'
import { NOT_IN_ROOM } from '../room/rejections'
import { route } from '../room/route'
import type { Prefetched } from './batch-inputs'
import { call, type Effect, presenceOf, replyError, replyOk, send } from './effect'
import type { InputOf, RoomInput } from './input'
import { join } from './join'
import { countRejection, REJECTIONS, rejectedRelay, rejectionOf } from './rejections'
import { dueAt } from './room-time'
import { announceAt, connectionOf } from './seats'
import { apply, contextOf, isClosed, lastSeq, type Transaction } from './transaction'

/**
 * Runs inputs in their order in a transaction; deadlines come last, so that no participant is removed that has come back while the log kept
 * the batch waiting. An input whose handling throws is answered `internal`; the others go on.
 */
export function runBatch(tx: Transaction, inputs: readonly RoomInput[], prefetched: Prefetched): void {
  for (const input of inputs) if (input.type !== 'tick') attempt(tx, input, prefetched)
  for (const input of inputs) if (input.type === 'tick') attempt(tx, input, prefetched)
}

/** One input; its fault does not affect the others. */
export function attempt(tx: Transaction, input: RoomInput, prefetched: Prefetched): void {
  try {
    handle(tx, input, prefetched)
  } catch (error) {
    tx.settings.logger.error({ err: error, input: input.type }, 'a room could not handle an input')
    tx.effects.push(
      ...rejectionOf(input, REJECTIONS.internal),
      call(() => countRejection(input, REJECTIONS.internal, tx.settings)),
    )
  }
}

function handle(tx: Transaction, input: RoomInput, prefetched: Prefetched): void {
  if (input.type === 'join') join(tx, input, prefetched)
  else if (input.type === 'command') command(tx, input, prefetched)
  else if (input.type === 'relay') relay(tx, input)
  else if (input.type === 'leave') leave(tx, input)
  else if (input.type === 'refresh') refresh(tx, input)
  else if (input.type === 'gone') gone(tx, input)
  else if (input.type === 'tick') tick(tx)
  else if (input.type === 'open') open(tx, input)
  else if (input.type === 'erase') erase(tx, input)
  else end(tx, input)
}

function command(tx: Transaction, input: InputOf<'command'>, prefetched: Prefetched): void {
  const { connection, command } = input
  const by = tx.seats.ofConnection(connection)?.participantId
  if (by === undefined) {
    fail(tx, command.type, connection, command.id, NOT_IN_ROOM.error)
    return
  }
  const context = contextOf(tx, by, command.id)
  const answer = prefetched.answers.get(input)
  const decision = decide(tx.state, command, answer === undefined ? context : { ...context, ...answer })
  if (!decision.ok) return fail(tx, command.type, connection, command.id, decision.error)
  apply(tx, decision.events)
  succeed(tx, command.type, replyOk(connection, command.id, decision.answeredSeq ?? lastSeq(tx), decision.result))
}

/** Counted only when the batch is kept, as its answer is sent only then. A command of a batch that is thrown away counts with the outcome of its rejection. */
function succeed({ settings, effects }: Transaction, type: string, ...answer: Effect[]): void {
  effects.push(
    ...answer,
    call(() => settings.meter.command(type, 'ok')),
  )
}

function fail(tx: Transaction, type: string, connection: Connection, id: number, error: Rejection): void {
  const { meter } = tx.settings
  tx.effects.push(
    replyError(connection, id, error),
    call(() => {
      meter.command(type, error.code)
      meter.rejection(error.code, auditContext(tx, connection))
    }),
  )
}

const auditContext = ({ settings }: Transaction, { id }: Connection) => ({
  connection: id,
  room: settings.rules.roomId,
})

/** A signal or cast on its way; they have no reply, so a rejection is a message of its own. */
function relay(tx: Transaction, input: InputOf<'relay'>): void {
  const by = tx.seats.ofConnection(input.connection)?.participantId
  const answer =
    by === undefined || tx.state === undefined
      ? NOT_IN_ROOM
      : route(tx.state, by, input.message, tx.settings.rules.limits)
  if (!answer.ok) {
    const { meter } = tx.settings
    const { code } = answer.error
    tx.effects.push(
      rejectedRelay(input, answer.error),
      call(() => meter.rejection(code, auditContext(tx, input.connection))),
    )
  } else {
    const to = answer.to.flatMap((id) => connectionOf(tx.seats.get(id)) ?? [])
    tx.effects.push(send(to, answer.message, input.message.type === 'cast' ? 'droppable' : 'kept'))
  }
}

function leave(tx: Transaction, { connection, commandId }: InputOf<'leave'>): void {
  const participantId = tx.seats.ofConnection(connection)?.participantId
  if (participantId === undefined) {
    fail(tx, 'leave', connection, commandId, NOT_IN_ROOM.error)
    return
  }
  // The participant that leaves still gets its own event and reply, though it has no seat any more when they go out.
  decideInternal(tx, { type: 'session.end', participantId, reason: 'left' })
  succeed(tx, 'leave', replyOk(connection, commandId, lastSeq(tx)), { type: 'end', connection })
}

function refresh(tx: Transaction, { connection, commandId, role }: InputOf<'refresh'>): void {
  const participantId = tx.seats.ofConnection(connection)?.participantId
  if (participantId === undefined) {
    fail(tx, 'session.refresh', connection, commandId, NOT_IN_ROOM.error)
    return
  }
  decideInternal(tx, { type: 'session.refreshed', participantId, role })
  succeed(tx, 'session.refresh', replyOk(connection, commandId, lastSeq(tx)))
}

/** Presence is volatile: it is sent, and kept with the seat, but never logged. */
function gone(tx: Transaction, { connection, departure }: InputOf<'gone'>): void {
  const seat = tx.seats.ofConnection(connection)
  if (seat === undefined) return
  const { participantId } = seat
  tx.seats.put({ ...seat, status: { type: 'disconnected', since: tx.elapsed, departure } })
  tx.effects.push(presenceOf(tx.seats.connections(), participantId, 'reconnecting'))
}

/** Deadlines are computed here, after the other inputs of the batch: a participant that came back in it does not leave. */
function tick(tx: Transaction): void {
  if (tx.state === undefined || isClosed(tx)) return
  announceUnconfirmed(tx)
  const { due } = dueAt(tx.state, tx.seats, tx.settings.rules.limits, tx)
  for (const each of due) decideInternal(tx, withReason(tx, each))
}

/** Participants that have not come back some seconds after a restart are announced as reconnecting, like any without a connection. */
export function announceUnconfirmed(tx: Transaction): void {
  for (const seat of tx.seats) {
    const at = announceAt(seat)
    if (at === undefined || at > tx.elapsed || seat.status.type !== 'unconfirmed') continue
    tx.seats.put({ ...seat, status: { type: 'disconnected', since: seat.status.since, departure: 'lost' } })
    tx.effects.push(presenceOf(tx.seats.connections(), seat.participantId, 'reconnecting'))
  }
}

/** A participant that closed its tab has left; any other that did not come back was lost. */
function withReason(tx: Transaction, due: InternalCommand): InternalCommand {
  if (due.type !== 'session.end') return due
  const status = tx.seats.get(due.participantId)?.status
  return status?.type === 'disconnected' && status.departure === 'closed' ? { ...due, reason: 'left' } : due
}

function end(tx: Transaction, { settle }: InputOf<'end'>): void {
  const open = tx.state !== undefined && !isClosed(tx)
  if (open) decideInternal(tx, { type: 'room.end', reason: 'ended' })
  tx.effects.push(call(() => settle(open ? 'ended' : 'absent')))
}

function open(tx: Transaction, { settle }: InputOf<'open'>): void {
  const isOpen = decideInternal(tx, { type: 'room.open' })
  tx.effects.push(call(() => settle(isOpen ? 'opened' : 'unavailable')))
}

function erase(tx: Transaction, { identity, messages, settle }: InputOf<'erase'>): void {
  const { state } = tx
  if (state !== undefined && !isClosed(tx)) {
    const { instance } = state.room
    const messageIds = new Set(messages.flatMap((each) => (each.instance === instance ? each.messageId : [])))
    decideInternal(tx, { type: 'identity.erase', identity, messageIds })
  }
  tx.effects.push(call(() => settle('erased')))
}

/** Decides a command of the server itself. Says whether the rules accepted it. */
function decideInternal(tx: Transaction, command: InternalCommand): boolean {
  const decision = decide(tx.state, command, contextOf(tx, null))
  if (decision.ok) apply(tx, decision.events)
  return decision.ok
}
