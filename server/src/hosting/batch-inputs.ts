// The inputs of a batch: the queue of a room, and what is read from the log before a batch.

import { type LoggedEvent, type RoomCommand, reject } from '@peerstage/sdk/protocol'
import type { Connection } from '../ports/connection'
import { LogUnavailable } from '../ports/log-unavailable'
import type { Logger } from '../ports/logger'
import type { RoomLog } from '../ports/room-log'
import type { DecideContext } from '../room/command'
import type { ServerState } from '../room/slices'
import { CURSOR_GONE, framedPage, HISTORY_DEFAULT } from './chat-page'
import type { JoinRequest, RoomInput } from './input'

/**
 * What waits for the batches of a room, in the order of its arrival. Beyond its bound it takes only one tick, and the end of each
 * connection that has a seat or waits for one: clients cannot increase the number of these.
 */
export class InputQueue {
  readonly #bound: number
  #inputs: RoomInput[] = []

  constructor(bound: number) {
    this.#bound = bound
  }

  get isEmpty(): boolean {
    return this.#inputs.length === 0
  }

  /** Whether it was taken. `isSeated`: whether the connection that ended had a seat. */
  offer(input: RoomInput, isSeated: (connection: Connection) => boolean): boolean {
    const full = this.#inputs.length >= this.#bound
    if (full && !this.#isNeverRejected(input, isSeated)) return false
    this.#inputs.push(input)
    return true
  }

  /** What makes the next batch. */
  takeBatch(): RoomInput[] {
    return this.#inputs.splice(0, batchLength(this.#inputs))
  }

  takeAll(): RoomInput[] {
    return this.#inputs.splice(0)
  }

  #isNeverRejected(input: RoomInput, isSeated: (connection: Connection) => boolean): boolean {
    if (input.type === 'tick') return true
    if (input.type !== 'gone') return false
    const { connection } = input
    return isSeated(connection) || this.#inputs.some((each) => each.type === 'join' && each.connection === connection)
  }
}

/** Most inputs need nothing from the log: a promise for each of them would cost more than the rest of this function. */
const asksLog = (input: RoomInput): boolean => input.type === 'join' || readsChat(input)

/** What the log answered for one command. */
type LogAnswer = Pick<DecideContext, 'message' | 'history' | 'logFailure'>

/** What was read from the log before a batch, so that the batch itself is synchronous. */
export type Prefetched = {
  /** By request: the events that it has missed. Without an entry only a snapshot will do. */
  readonly missed: ReadonlyMap<RoomInput, readonly LoggedEvent[]>
  /** By command. */
  readonly answers: ReadonlyMap<RoomInput, LogAnswer>
}

const LOG_FAILURE: LogAnswer = { logFailure: reject('unavailable', 'The log cannot be read now. Try again.', 1000) }

type Asking = {
  readonly log: RoomLog
  readonly logger: Logger
  /** The room as the log has it. */
  readonly state: ServerState | undefined
}

/** Reads all that the inputs of a batch need from the log. If the log cannot answer, only those inputs fail. */
export async function prefetch(inputs: readonly RoomInput[], asking: Asking): Promise<Prefetched> {
  const missed = new Map<RoomInput, readonly LoggedEvent[]>()
  const answers = new Map<RoomInput, LogAnswer>()
  const look = async (input: RoomInput) => {
    if (input.type === 'join') {
      const events = await tried(asking, undefined, () => eventsSince(input, asking))
      if (events !== undefined) missed.set(input, events)
    } else if (input.type === 'command') {
      const answer = await tried(asking, LOG_FAILURE, () => lookedFor(input.command, asking))
      if (answer !== undefined) answers.set(input, answer)
    }
  }
  await Promise.all(inputs.filter(asksLog).map(look))
  return { missed, answers }
}

/**
 * How many of these inputs make one batch. The log is read before the batch, so an input that reads the chat is not in one batch with
 * an input before it that changes the chat.
 */
function batchLength(inputs: readonly RoomInput[]): number {
  const changed = inputs.findIndex((input) => input.type === 'erase' || changesChat(input))
  const next = inputs.findIndex((input, i) => i > changed && changed !== -1 && readsChat(input))
  return next === -1 ? inputs.length : next
}

const changesChat = (input: RoomInput): boolean =>
  input.type === 'command' && (input.command.type === 'chat.send' || input.command.type === 'chat.delete')

const readsChat = (input: RoomInput): boolean =>
  input.type === 'command' && (input.command.type === 'chat.history' || messageIn(input.command) !== undefined)

const messageIn = (command: RoomCommand): string | undefined => ('messageId' in command ? command.messageId : undefined)

async function eventsSince({ seq, instance }: JoinRequest, { log, state }: Asking) {
  const room = state?.room
  if (room === undefined || seq === undefined || instance !== room.instance || seq > room.seq) return undefined
  return log.since(room.id, instance, seq)
}

async function lookedFor(command: RoomCommand, { log, state }: Asking): Promise<LogAnswer | undefined> {
  if (state === undefined) return undefined
  const { id, instance } = state.room
  if (command.type === 'chat.history') {
    const { before, limit = HISTORY_DEFAULT } = command
    const history = await framedPage(log, id, { instance, limit, ...(before === undefined ? {} : { before }) })
    return history === undefined ? { logFailure: CURSOR_GONE } : { history }
  }
  const messageId = messageIn(command)
  const message = messageId === undefined ? undefined : await log.message(id, instance, messageId)
  return message === undefined ? undefined : { message }
}

async function tried<T>({ logger, state }: Asking, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof LogUnavailable))
      logger.error({ err: error, room: state?.room.id }, 'the log could not be read for an input')
    return otherwise
  }
}
