import { type Rejection, reject } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { InternalCommand } from '../room/command'
import { decide, route } from '../room/index'
import { arrive } from './arrival'
import { call, close, type Effect, presenceOf, replyError, replyOk, send } from './effect'
import type { RoomInput } from './input'
import { dueAt } from './next-deadline'
import type { Lookups } from './prefetch'
import { countRefusal, DENIALS, refusalOf, refusedRoutable } from './rejections'
import { connectionOf, toldAt } from './seats'
import { apply, contextOf, type Draft, isClosed, lastSeq } from './transaction'

type InputOf<T extends RoomInput['type']> = Extract<RoomInput, { type: T }>

/**
 * Runs inputs in their order through a draft; deadlines come last, so that no client is removed that has come back while a log kept the
 * batch waiting. An input whose handling throws is answered `internal`; the others go on.
 */
export function takeTurn(draft: Draft, inputs: readonly RoomInput[], lookups: Lookups): void {
  for (const input of inputs) if (input.type !== 'tick') attempt(draft, input, lookups)
  for (const input of inputs) if (input.type === 'tick') attempt(draft, input, lookups)
}

/** One input; its fault does not affect the others. */
export function attempt(draft: Draft, input: RoomInput, lookups: Lookups): void {
  try {
    take(draft, input, lookups)
  } catch (error) {
    draft.settings.logger.error({ err: error, input: input.type }, 'a room could not handle an input')
    draft.effects.push(
      ...refusalOf(input, DENIALS.internal),
      call(() => countRefusal(input, DENIALS.internal, draft.settings)),
    )
  }
}

function take(draft: Draft, input: RoomInput, lookups: Lookups): void {
  if (input.type === 'join') arrive(draft, input, lookups)
  else if (input.type === 'command') command(draft, input, lookups)
  else if (input.type === 'routable') routable(draft, input)
  else if (input.type === 'leave') leave(draft, input)
  else if (input.type === 'refresh') refresh(draft, input)
  else if (input.type === 'gone') gone(draft, input)
  else if (input.type === 'tick') tick(draft)
  else if (input.type === 'open') open(draft, input)
  else if (input.type === 'erase') erase(draft, input)
  else end(draft, input)
}

const NOT_SEATED = reject('forbidden', 'You are not in this room.')

function command(draft: Draft, input: InputOf<'command'>, lookups: Lookups): void {
  const { connection, command } = input
  const by = draft.seats.ofConnection(connection)?.participantId
  if (by === undefined) {
    refused(draft, command.type, connection, command.id, NOT_SEATED)
    return
  }
  const context = { ...contextOf(draft, by, command.id), ...lookups.looked.get(input) }
  const decision = decide(draft.state, command, context)
  if ('goodbye' in decision) {
    draft.effects.push(close(connection, decision.goodbye, decision.reason))
  } else if ('refused' in decision) {
    refused(draft, command.type, connection, command.id, decision.refused)
  } else {
    apply(draft, decision.events)
    accepted(
      draft,
      command.type,
      replyOk(connection, command.id, decision.answeredSeq ?? lastSeq(draft), decision.result),
    )
  }
}

/** What is counted waits with the answer until the batch is kept: one that is thrown away counts as what it is answered then. */
function accepted({ settings, effects }: Draft, type: string, ...answer: Effect[]): void {
  effects.push(
    ...answer,
    call(() => settings.meter.command(type, 'ok')),
  )
}

function refused(draft: Draft, type: string, connection: Connection, id: number, error: Rejection): void {
  const { meter } = draft.settings
  draft.effects.push(
    replyError(connection, id, error),
    call(() => {
      meter.command(type, error.code)
      meter.refusal(error.code, concerned(draft, connection))
    }),
  )
}

const concerned = ({ settings }: Draft, { id }: Connection) => ({ connection: id, room: settings.rules.roomId })

/** A signal or cast on its way; they have no reply, so a refusal is a message of its own. */
function routable(draft: Draft, input: InputOf<'routable'>): void {
  const by = draft.seats.ofConnection(input.connection)?.participantId
  const answer =
    by === undefined || draft.state === undefined
      ? { refused: NOT_SEATED }
      : route(draft.state, by, input.routable, draft.settings.rules.limits)
  if ('refused' in answer) {
    const { meter } = draft.settings
    const { code } = answer.refused
    draft.effects.push(
      refusedRoutable(input, answer.refused),
      call(() => meter.refusal(code, concerned(draft, input.connection))),
    )
  } else {
    const to = answer.to.flatMap((id) => connectionOf(draft.seats.get(id)) ?? [])
    draft.effects.push(send(to, answer.message, input.routable.type === 'cast' ? 'droppable' : 'kept'))
  }
}

function leave(draft: Draft, { connection, commandId }: InputOf<'leave'>): void {
  const participantId = draft.seats.ofConnection(connection)?.participantId
  if (participantId === undefined) {
    refused(draft, 'leave', connection, commandId, NOT_SEATED)
    return
  }
  // The leaver hears its own event and reply, though it has no seat any more when they go out.
  internal(draft, { type: 'session.end', participantId, reason: 'left' })
  accepted(draft, 'leave', replyOk(connection, commandId, lastSeq(draft)), { do: 'end', connection })
}

function refresh(draft: Draft, { connection, commandId, role }: InputOf<'refresh'>): void {
  const participantId = draft.seats.ofConnection(connection)?.participantId
  if (participantId === undefined) {
    refused(draft, 'session.refresh', connection, commandId, NOT_SEATED)
    return
  }
  internal(draft, { type: 'session.refreshed', participantId, role })
  accepted(draft, 'session.refresh', replyOk(connection, commandId, lastSeq(draft)))
}

/** Presence is volatile: it is told, and kept with the seat, but never logged. */
function gone(draft: Draft, { connection, departure }: InputOf<'gone'>): void {
  const seat = draft.seats.ofConnection(connection)
  if (seat === undefined) return
  const { participantId } = seat
  draft.seats.put({ ...seat, line: { state: 'away', since: draft.elapsed, departure } })
  draft.effects.push(presenceOf(draft.seats.connections(), participantId, 'reconnecting'))
}

/** What is due is asked anew at its place in the batch: who came back a moment ago is not sent away. */
function tick(draft: Draft): void {
  if (draft.state === undefined || isClosed(draft)) return
  tellAwaited(draft)
  const { due } = dueAt(draft.state, draft.seats, draft.settings.rules.limits, draft)
  for (const each of due) internal(draft, meant(draft, each))
}

/** Who has not come back in the first moments after a restart is told of like everybody whose connection is down. */
export function tellAwaited(draft: Draft): void {
  for (const seat of draft.seats) {
    const at = toldAt(seat)
    if (at === undefined || at > draft.elapsed || seat.line.state !== 'awaited') continue
    draft.seats.put({ ...seat, line: { state: 'away', since: seat.line.since, departure: 'lost' } })
    draft.effects.push(presenceOf(draft.seats.connections(), seat.participantId, 'reconnecting'))
  }
}

/** A participant that closed its tab has left; another one that did not come back was lost. */
function meant(draft: Draft, due: InternalCommand): InternalCommand {
  if (due.type !== 'session.end') return due
  const line = draft.seats.get(due.participantId)?.line
  return line?.state === 'away' && line.departure === 'closed' ? { ...due, reason: 'left' } : due
}

function end(draft: Draft, { settle }: InputOf<'end'>): void {
  const open = draft.state !== undefined && !isClosed(draft)
  if (open) internal(draft, { type: 'room.end', reason: 'ended' })
  draft.effects.push(call(() => settle(open ? 'ended' : 'absent')))
}

function open(draft: Draft, { settle }: InputOf<'open'>): void {
  const isOpen = internal(draft, { type: 'room.open' })
  draft.effects.push(call(() => settle(isOpen ? 'opened' : 'unavailable')))
}

function erase(draft: Draft, { identity, messages, settle }: InputOf<'erase'>): void {
  const { state } = draft
  if (state !== undefined && !isClosed(draft)) {
    const { instance, messages: held } = state.room
    const its = new Set(messages.flatMap((each) => (each.instance === instance ? each.messageId : [])))
    const messageIds = held.flatMap(({ id }) => (its.has(id) ? id : []))
    internal(draft, { type: 'identity.erase', identity, messageIds })
  }
  draft.effects.push(call(() => settle('erased')))
}

/** Answers whether it was accepted. */
function internal(draft: Draft, command: InternalCommand): boolean {
  const decision = decide(draft.state, command, contextOf(draft, null))
  if ('events' in decision) apply(draft, decision.events)
  return 'events' in decision
}
