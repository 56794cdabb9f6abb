import { LiveStreamError } from '../errors'
import type { AcceptedReply, Request, WhileOffline } from '../ports/requests'
import { ANSWERED_COMMANDS_KEPT, type Command, type Reply } from '../protocol'
import {
  commandErrorOf,
  type ErrorReply,
  fail,
  isOfConnection,
  isUndecided,
  numbered,
  offline,
  outcomeUnknown,
  type QueuedCommand,
  sameKey,
} from './queued-command'
import { pay, type RateLimiters, settle } from './rate-limiter'

/** How many commands may wait to be sent. */
const COMMAND_QUEUE_LIMIT = 200

/** How long chat pauses if a busy room does not give a time. */
const BUSY_ROOM_MS = 1000

/**
 * Commands from the call to the reply. It does not know the socket: the sender takes what may be sent now.
 *
 * A command gets its number when it is sent, so numbers rise in the order of sending. After a reconnect, unanswered commands
 * are sent again under the same numbers; the server answers a known number without executing it twice.
 */
export class CommandQueue {
  #waiting: QueuedCommand[] = []
  /** In the order of their numbers. */
  readonly #unanswered = new Map<number, QueuedCommand>()
  /** Numbers that must be sent again, before new commands of their kind. */
  #resend: number[] = []
  #lastId = 0

  /** @throws LiveStreamError (as a rejection) `outbox_full`, or the error of the command */
  add(command: Request, whileOffline: WhileOffline, isQuery = false): Promise<AcceptedReply> {
    return new Promise((resolve, reject) => {
      const caller = { resolve, reject }
      const earlier = this.#waiting.find((entry) => sameKey(entry.whileOffline, whileOffline))
      if (earlier) {
        earlier.command = command
        earlier.callers.push(caller)
      } else if (this.#waiting.length >= COMMAND_QUEUE_LIMIT) {
        reject(new LiveStreamError('outbox_full', 'Too much waits to be sent already.', { retryable: true }))
      } else this.#waiting.push({ command, whileOffline, isQuery, callers: [caller] })
    })
  }

  /**
   * Takes out what may be sent now: first what must be sent again, then the rest in order. Chat messages keep their order but do
   * not delay other commands: a mute must not wait behind many messages.
   *
   * @returns the commands, and in how many ms to call again (undefined: when something is answered or added)
   */
  take(rateLimiters: RateLimiters, maxUnanswered: number): { commands: Command[]; waitMs: number | undefined } {
    const commands: Command[] = []
    for (;;) {
      const next = this.#next(rateLimiters, maxUnanswered)
      if (next === undefined || next === Number.POSITIVE_INFINITY) return { commands, waitMs: undefined }
      if (typeof next === 'number') return { commands, waitMs: next }
      pay(rateLimiters, next)
      commands.push(next)
    }
  }

  #next({ chat, commands }: RateLimiters, maxUnanswered: number): Command | number | undefined {
    // Read once: time passes between two reads, and a later message could overtake an earlier one.
    const [wait, chatWait] = [commands.waitMs(), chat.waitMs()]
    this.#resend = this.#resend.filter((id) => this.#unanswered.has(id))
    if (this.#resend.length + this.#waiting.length === 0) return undefined
    if (wait > 0) return wait
    const mayLeave = ({ command }: QueuedCommand) => chatWait === 0 || command.type !== 'chat.send'
    return this.#nextAgain(mayLeave) ?? this.#nextNew(mayLeave, maxUnanswered) ?? (chatWait || undefined)
  }

  #nextAgain(mayLeave: (entry: QueuedCommand) => boolean): Command | undefined {
    for (const [index, id] of this.#resend.entries()) {
      const entry = this.#unanswered.get(id)
      if (entry === undefined || !mayLeave(entry)) continue
      this.#resend.splice(index, 1)
      return numbered(entry.command, id)
    }
    return undefined
  }

  #nextNew(mayLeave: (entry: QueuedCommand) => boolean, maxUnanswered: number): Command | undefined {
    const [oldest = this.#lastId] = this.#unanswered.keys()
    // With a higher number the server would no longer know whether it executed the oldest one.
    const isTooFar = this.#lastId + 1 - oldest >= ANSWERED_COMMANDS_KEPT
    if (isTooFar || this.#unanswered.size >= maxUnanswered) return undefined
    const index = this.#waiting.findIndex(mayLeave)
    const entry = this.#waiting[index]
    return entry === undefined ? undefined : this.#number(index, entry)
  }

  #number(index: number, entry: QueuedCommand): Command {
    this.#waiting.splice(index, 1)
    const id = this.nextId()
    this.#unanswered.set(id, entry)
    return numbered(entry.command, id)
  }

  /** A number for a command that is sent without waiting in the queue. */
  nextId(): number {
    return ++this.#lastId
  }

  /** A reply arrived. A reply to an unknown number is a repetition, and ignored. */
  answered(reply: Reply, rateLimiters: RateLimiters): void {
    const entry = this.#unanswered.get(reply.re)
    if (entry === undefined) return
    settle(rateLimiters, entry.command)
    if (!reply.ok && entry.maybeDone && isUndecided(reply.error)) {
      this.#sendAgain(entry, reply, rateLimiters)
      return
    }
    this.#unanswered.delete(reply.re)
    if (reply.ok) for (const caller of entry.callers) caller.resolve(reply)
    else if (entry.command.type === 'chat.send' && reply.error.code === 'rate_limited') {
      rateLimiters.chat.pause(reply.error.retryAfterMs ?? BUSY_ROOM_MS)
      this.#takeBack(entry, reply.re)
    } else fail(entry, commandErrorOf(reply.error))
  }

  /** The server may have executed it, and knows that only by this number. So it is neither renumbered nor given up. */
  #sendAgain({ command }: QueuedCommand, { re, error }: ErrorReply, rateLimiters: RateLimiters): void {
    const bucket = command.type === 'chat.send' ? rateLimiters.chat : rateLimiters.commands
    bucket.pause(error.retryAfterMs ?? BUSY_ROOM_MS)
    this.#resend = [...this.#resend, re].sort((a, b) => a - b)
  }

  /** The client keeps its own rate, so others have filled the room's bucket. The message waits, so that it is not lost. */
  #takeBack(entry: QueuedCommand, id: number): void {
    entry.rejectedAs = id
    const behind = this.#waiting.findIndex(({ rejectedAs }) => rejectedAs === undefined || rejectedAs > id)
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, entry)
  }

  /** The socket is down. Commands that may not wait are rejected, and so are commands of the connection itself. */
  disconnected(): void {
    this.#resend = []
    const kept = this.#waiting.filter((entry) => entry.whileOffline !== 'reject')
    for (const entry of this.#waiting) if (!kept.includes(entry)) fail(entry, offline())
    this.#waiting = kept
    for (const [id, entry] of this.#unanswered) {
      if (!isOfConnection(entry.command)) continue
      this.#unanswered.delete(id)
      fail(entry, offline())
    }
  }

  /**
   * The client is in the room again. `sameSession`: as the same participant in the same instance, whose ledger knows our numbers.
   * Otherwise it is unknown whether the unanswered commands took effect. Repeating one might execute it twice, so they fail.
   * But a command that states how things are (`latest`) may always be repeated.
   */
  reconnected(sameSession: boolean, lastCommandId: number): void {
    this.#lastId = Math.max(this.#lastId, lastCommandId)
    if (sameSession) {
      this.#resend = [...this.#unanswered.keys()]
      for (const entry of this.#unanswered.values()) entry.maybeDone = !entry.isQuery
      return
    }
    const entries = [...this.#unanswered.values()]
    this.#unanswered.clear()
    for (const entry of entries.reverse()) {
      if (typeof entry.whileOffline === 'object') this.#waitAgain(entry)
      else fail(entry, outcomeUnknown())
    }
  }

  #waitAgain(entry: QueuedCommand): void {
    entry.maybeDone = false
    const later = this.#waiting.find((each) => sameKey(each.whileOffline, entry.whileOffline))
    if (later === undefined) this.#waiting.unshift(entry)
    else later.callers.push(...entry.callers)
  }

  /** Commands that were sent and not answered fail with this error; commands that were not sent go on waiting. */
  failUnanswered(error: LiveStreamError): void {
    const entries = [...this.#unanswered.values()]
    this.#unanswered.clear()
    this.#resend = []
    for (const entry of entries) fail(entry, error)
  }

  /** All commands fail with this error. Idempotent. */
  close(error: LiveStreamError): void {
    this.failUnanswered(error)
    for (const entry of this.#waiting.splice(0)) fail(entry, error)
  }
}
