import { type Rejection, reject } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { Logger } from '../ports/logger'
import { call, close, type Effect, perform, replyError, send } from './effect'
import { bidFarewell } from './farewell'
import type { RoomInput } from './input'
import { PROBE_EVERY_MS } from './log-health'
import type { RoomSettings } from './transaction'

/** Why a room could not take something, though it may soon. */
export const DENIALS = {
  busy: reject('unavailable', 'The room is busy. Try again.', 1000),
  notKept: reject('unavailable', 'The room could not keep this. Try again.', PROBE_EVERY_MS),
  notLoaded: reject('unavailable', 'The room cannot be reached now. Try again.', PROBE_EVERY_MS),
  loadedAnew: reject('unavailable', 'The room is loaded anew. Try again.', 1000),
  notOpen: reject('unavailable', 'The room is not open.'),
  internal: reject('internal', 'Something went wrong in the server.'),
} as const

type InputOf<T extends RoomInput['type']> = Extract<RoomInput, { type: T }>

/** What an input is answered with that could not be taken. */
export function refusalOf(input: RoomInput, error: Rejection): Effect[] {
  switch (input.type) {
    case 'command':
      return [replyError(input.connection, input.command.id, error)]
    case 'leave':
    case 'refresh':
      return [replyError(input.connection, input.commandId, error)]
    case 'join':
      return input.commandId === undefined || isByHello(input)
        ? [close(input.connection, 'unavailable', 'The room cannot be reached now.', error.retryAfterMs)]
        : [replyError(input.connection, input.commandId, error)]
    case 'routable':
      return [refusedRoutable(input, error)]
    case 'open':
    case 'end':
    case 'erase':
      return [call(() => input.settle('unavailable'))]
    case 'gone':
    case 'tick':
      return []
  }
}

/** A client that confirms its welcome believes to be in the room: it is sent away like one that its hello brought, and comes again. */
const isByHello = ({ commandId, offer }: InputOf<'join'>): boolean => commandId === undefined || offer !== undefined

export function refuseAll(inputs: readonly RoomInput[], error: Rejection, logger: Logger): void {
  perform(
    inputs.flatMap((input) => refusalOf(input, error)),
    logger,
  )
}

/** Counts what a client asked and was refused. A join that its hello asked for is counted as the goodbye that it gets. */
export function countRefusal(input: RoomInput, { code }: Rejection, { rules, meter }: RoomSettings): void {
  if (!('connection' in input) || input.type === 'gone') return
  if (input.type === 'join' && isByHello(input)) return
  if (input.type === 'command') meter.command(input.command.type, code)
  meter.refusal(code, { connection: input.connection.id, room: rules.roomId })
}

/** Sends everybody away who is seated or asks for something, to come again in a moment. */
export function sendBack(inputs: readonly RoomInput[], seated: readonly Connection[], logger: Logger): void {
  refuseAll(inputs, DENIALS.loadedAnew, logger)
  const { message, retryAfterMs } = DENIALS.loadedAnew
  const goodbyes = seated.map((connection) => close(connection, 'unavailable', message, retryAfterMs))
  perform(goodbyes, logger)
}

/** A signal or cast has no reply, so its refusal is a message of its own. */
export function refusedRoutable({ connection, routable }: InputOf<'routable'>, error: Rejection): Effect {
  const what = routable.type
  const to = routable.type === 'signal' ? { to: routable.signal.to } : {}
  return send([connection], { type: 'refused', what, ...to, error })
}

/** Why no room takes an input: none is open, its id is refused for now, or the server goes down. */
type Closed = 'absent' | 'ended' | 'draining'

/** Answers what no room will answer. */
export function dismiss(input: RoomInput, why: Closed, logger: Logger): void {
  if (input.type === 'end') input.settle(why === 'draining' ? 'unavailable' : 'absent')
  else if (input.type === 'erase') input.settle(why === 'draining' ? 'unavailable' : 'erased')
  else if (input.type === 'open') input.settle(why === 'ended' ? 'ended' : 'unavailable')
  else if (input.type !== 'join') refuseAll([input], DENIALS.notOpen, logger)
  else if (why === 'ended') input.connection.close('room_ended', 'This room has ended.')
  else bidFarewell(input.connection)
}

export function dismissAll(inputs: readonly RoomInput[], why: Closed, logger: Logger): void {
  for (const input of inputs) dismiss(input, why, logger)
}

/** Parts the inputs of a batch from what goes beyond the commands that one connection may have unanswered; that is refused before anything runs. */
export function withinLimit(inputs: readonly RoomInput[], { rules, meter }: RoomSettings): [RoomInput[], Effect[]] {
  const counts = new Map<Connection, number>()
  const excess: Effect[] = []
  const within = inputs.filter((input) => {
    if (input.type !== 'command') return true
    const count = (counts.get(input.connection) ?? 0) + 1
    counts.set(input.connection, count)
    if (count <= rules.limits.maxUnansweredCommands) return true
    meter.command(input.command.type, 'rate_limited')
    meter.refusal('unanswered', { connection: input.connection.id, room: rules.roomId })
    excess.push(...refusalOf(input, reject('rate_limited', 'Too many commands wait for their reply.', 1000)))
    return false
  })
  return [within, excess]
}
