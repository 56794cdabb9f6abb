import type { Rejection } from '@peerstage/sdk/protocol'
import { type Decision, decide } from '../room/index'
import { joinOf } from './arrival'
import { attempt, tellAwaited } from './batch'
import type { RoomInput } from './input'
import type { Lookups } from './prefetch'
import { countRefusal, refusalOf } from './rejections'
import { contextOf, type Draft } from './transaction'

/**
 * What is left of a batch that the log could not keep, on a fresh draft, by the rules of the room as it was: what writes nothing
 * goes on (signals, casts, presence, a resume, a query, the first answer to a command that comes again); a client that waits for
 * an answer to anything else is told why there is none.
 */
export function salvageBatch(draft: Draft, inputs: readonly RoomInput[], lookups: Lookups, error: Rejection): void {
  for (const input of inputs) {
    if (writesNothing(draft, input, lookups)) attempt(draft, input, lookups)
    else refuse(draft, input, error)
  }
}

function refuse(draft: Draft, input: RoomInput, error: Rejection): void {
  if (input.type === 'tick') return tellAwaited(draft)
  draft.effects.push(...refusalOf(input, error))
  countRefusal(input, error, draft.settings)
}

function writesNothing(draft: Draft, input: RoomInput, lookups: Lookups): boolean {
  if (input.type === 'gone' || input.type === 'routable') return true
  try {
    const decision = decisionOn(draft, input, lookups)
    return decision !== undefined && 'events' in decision && decision.events.length === 0
  } catch {
    // The logger has it already, from the batch that was lost.
    return false
  }
}

/** What the room would make of an input; undefined for those that are for writing only. */
function decisionOn(draft: Draft, input: RoomInput, lookups: Lookups): Decision | undefined {
  if (input.type === 'join') return decide(draft.state, joinOf(input), contextOf(draft, null))
  if (input.type !== 'command' && input.type !== 'refresh') return undefined
  const by = draft.seats.ofConnection(input.connection)?.participantId
  if (by === undefined) return undefined
  if (input.type === 'refresh') {
    return decide(
      draft.state,
      { type: 'session.refreshed', participantId: by, role: input.role },
      contextOf(draft, null),
    )
  }
  return decide(draft.state, input.command, { ...contextOf(draft, by, input.command.id), ...lookups.looked.get(input) })
}
