import { type Rejection, reject } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import type { Logger } from '../ports/logger'
import { ROOM_ENDED } from '../room/rejections'
import { call, close, type Effect, perform, replyError, send } from './effect'
import { commandTypeOf, type InputOf, type RoomInput } from './input'
import { PROBE_EVERY_MS } from './log-health'
import type { RoomSettings } from './transaction'

/** Why a room could not take something, though it may soon. */
export const REJECTIONS = {
  busy: reject('unavailable', 'The room is busy. Try again.', 1000),
  notKept: reject('unavailable', 'The room could not keep this. Try again.', PROBE_EVERY_MS),
  notLoaded: reject('unavailable', 'The room cannot be reached now. Try again.', PROBE_EVERY_MS),
  loadedAnew: reject('unavailable', 'The room is loaded anew. Try again.', 1000),
  notOpen: reject('unavailable', 'The room is not open.'),
  internal: reject('internal', 'Something went wrong in the server.'),
} as const

/** The effects that answer an input which could not be taken. */
export function rejectionOf(input: RoomInput, error: Rejection): Effect[] {
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
    case 'relay':
      return [rejectedRelay(input, error)]
    case 'open':
    case 'end':
    case 'erase':
      return [call(() => input.settle('unavailable'))]
    case 'gone':
    case 'tick':
      return []
  }
}

/** A client that confirms its welcome shows the room already: its connection is closed as if its hello had asked, and it reconnects. */
const isByHello = ({ commandId, offer }: InputOf<'join'>): boolean => commandId === undefined || offer !== undefined

export function rejectAll(inputs: readonly RoomInput[], error: Rejection, logger: Logger): void {
  perform(
    inputs.flatMap((input) => rejectionOf(input, error)),
    logger,
  )
}

/** Counts what a client asked for and did not get. A join by hello is counted as the goodbye that it gets. */
export function countRejection(input: RoomInput, { code }: Rejection, { rules, meter }: RoomSettings): void {
  if (!('connection' in input) || input.type === 'gone') return
  if (input.type === 'join' && isByHello(input)) return
  const type = commandTypeOf(input)
  if (type !== undefined) meter.command(type, code)
  meter.rejection(code, { connection: input.connection.id, room: rules.roomId })
}

/** A fault of the server's own: these inputs are lost, their clients are told, and the room goes on. */
export function rejectFailed(inputs: readonly RoomInput[], error: unknown, settings: RoomSettings): void {
  settings.logger.error({ err: error, room: settings.rules.roomId }, 'a batch of a room failed')
  rejectAll(inputs, REJECTIONS.internal, settings.logger)
  for (const input of inputs) countRejection(input, REJECTIONS.internal, settings)
}

/** Rejects inputs and closes all seated connections: their clients reconnect in a moment, and the room is loaded again. */
export function closeForReload(inputs: readonly RoomInput[], seated: readonly Connection[], logger: Logger): void {
  rejectAll(inputs, REJECTIONS.loadedAnew, logger)
  const { message, retryAfterMs } = REJECTIONS.loadedAnew
  const goodbyes = seated.map((connection) => close(connection, 'unavailable', message, retryAfterMs))
  perform(goodbyes, logger)
}

/** A signal or cast has no reply: its rejection is a message of its own. */
export function rejectedRelay({ connection, message }: InputOf<'relay'>, error: Rejection): Effect {
  const what = message.type
  const to = message.type === 'signal' ? { to: message.signal.to } : {}
  return send([connection], { type: 'rejected', what, ...to, error })
}

/** Clients of a draining server reconnect at random times within this period. */
const SPREAD_MS = 10_000

/** Closes a connection because the server goes down: one that is there, or one that still comes. */
export function closeDraining(connection: Connection): void {
  connection.close('draining', 'The server is going down.', Math.floor(Math.random() * SPREAD_MS))
}

/** Why no room takes an input: none is open, its id is rejected for now, or the server goes down. */
type NoRoom = 'absent' | 'ended' | 'draining'

/** Answers an input that no room will answer. */
export function rejectWithoutRoom(input: RoomInput, why: NoRoom, logger: Logger): void {
  if (input.type === 'end') input.settle(why === 'draining' ? 'unavailable' : 'absent')
  else if (input.type === 'erase') input.settle(why === 'draining' ? 'unavailable' : 'erased')
  else if (input.type === 'open') input.settle(why === 'ended' ? 'ended' : 'unavailable')
  else if (input.type !== 'join') rejectAll([input], REJECTIONS.notOpen, logger)
  else if (why === 'ended') input.connection.close('room_ended', ROOM_ENDED)
  else closeDraining(input.connection)
}

export function rejectAllWithoutRoom(inputs: readonly RoomInput[], why: NoRoom, logger: Logger): void {
  for (const input of inputs) rejectWithoutRoom(input, why, logger)
}

/** Splits off the commands beyond those that one connection may have unanswered; they are rejected before anything runs. */
export function withinLimit(inputs: readonly RoomInput[], { rules, meter }: RoomSettings): [RoomInput[], Effect[]] {
  const counts = new Map<Connection, number>()
  const excess: Effect[] = []
  const within = inputs.filter((input) => {
    if (input.type !== 'command') return true
    const count = (counts.get(input.connection) ?? 0) + 1
    counts.set(input.connection, count)
    if (count <= rules.limits.maxUnansweredCommands) return true
    meter.command(input.command.type, 'rate_limited')
    meter.rejection('unanswered', { connection: input.connection.id, room: rules.roomId })
    excess.push(...rejectionOf(input, reject('rate_limited', 'Too many commands wait for their reply.', 1000)))
    return false
  })
  return [within, excess]
}
