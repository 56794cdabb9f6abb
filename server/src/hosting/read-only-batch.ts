import type { Rejection } from '@peerstage/sdk/protocol'
import type { Decision, JoinDecision } from '../room/command'
import { decide } from '../room/decide'
import { announceUnconfirmed, attempt } from './batch'
import type { Prefetched } from './batch-inputs'
import type { RoomInput } from './input'
import { joinCommandOf } from './join'
import { countRejection, rejectionOf } from './rejections'
import { contextOf, type Transaction } from './transaction'

/**
 * What is done of a batch that the log could not keep, in a new transaction on the room as it was. Inputs that write nothing are
 * processed: signals, casts, presence, a resume, a query, the first answer to a command that comes again. All others are rejected.
 */
export function runReadOnly(
  tx: Transaction,
  inputs: readonly RoomInput[],
  prefetched: Prefetched,
  error: Rejection,
): void {
  for (const input of inputs) {
    if (writesNothing(tx, input, prefetched)) attempt(tx, input, prefetched)
    else rejectInput(tx, input, error)
  }
}

function rejectInput(tx: Transaction, input: RoomInput, error: Rejection): void {
  if (input.type === 'tick') return announceUnconfirmed(tx)
  tx.effects.push(...rejectionOf(input, error))
  countRejection(input, error, tx.settings)
}

function writesNothing(tx: Transaction, input: RoomInput, prefetched: Prefetched): boolean {
  if (input.type === 'gone' || input.type === 'relay') return true
  try {
    const decision = decisionOn(tx, input, prefetched)
    return decision?.ok === true && decision.events.length === 0
  } catch {
    // It was logged already, in the batch that was lost.
    return false
  }
}

/** What the rules decide on an input; undefined for inputs that always write. */
function decisionOn(tx: Transaction, input: RoomInput, prefetched: Prefetched): Decision | JoinDecision | undefined {
  if (input.type === 'join') return decide(tx.state, joinCommandOf(input), contextOf(tx, null))
  if (input.type !== 'command' && input.type !== 'refresh') return undefined
  const by = tx.seats.ofConnection(input.connection)?.participantId
  if (by === undefined) return undefined
  if (input.type === 'refresh') {
    return decide(tx.state, { type: 'session.refreshed', participantId: by, role: input.role }, contextOf(tx, null))
  }
  return decide(tx.state, input.command, { ...contextOf(tx, by, input.command.id), ...prefetched.answers.get(input) })
}
