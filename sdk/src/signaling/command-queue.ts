import { LiveStreamError } from '../errors'
import type { Accepted, Request, WhileOffline } from '../ports/requests'
import { ANSWERED_COMMANDS_KEPT, type Command, type Reply } from '../protocol'
import { commandErrorOf, type ErrorReply, isUndecided, offline, outcomeUnknown } from './command-errors'
import { fail, isOfConnection, isQuery, numbered, type QueuedCommand, sameKey } from './queued-command'
import { pay, type RateLimiters, settle } from './rate-limiter'

/** Commands that may wait to be sent. Twenty seconds of a fast typist's outage are a tenth of it. */
const COMMAND_QUEUE_LIMIT = 200

/** How long chat pauses when a busy room does not say for how long. */
const BUSY_ROOM_MS = 1000

/**
 * Commands on their way, from the call to the reply. It knows no socket: the session asks what may leave now.
 *
 * A command gets its number when it leaves, so numbers rise in the order of leaving. What has left and was not answered
 * leaves again, under the same number, after a reconnect; the server answers a number it knows without doing it twice.
 */
export class CommandQueue {
  #waiting: QueuedCommand[] = []
  /** In the order of their numbers. */
  readonly #unanswered = new Map<number, QueuedCommand>()
  /** Numbers that must leave again, before anything new of their kind does. */
  #resend: number[] = []
  #lastId = 0

  /** @throws LiveStreamError (as a rejection) `outbox_full`, and whatever becomes of the command */
  add(command: Request, whileOffline: WhileOffline): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      const caller = { resolve, reject }
      const earlier = this.#waiting.find((entry) => sameKey(entry.whileOffline, whileOffline))
      if (earlier) {
        earlier.command = command
        earlier.callers.push(caller)
      } else if (this.#waiting.length >= COMMAND_QUEUE_LIMIT) {
        reject(new LiveStreamError('outbox_full', 'Too much waits to be sent already.', { retryable: true }))
      } else this.#waiting.push({ command, whileOffline, callers: [caller] })
    })
  }

  /**
   * Takes out what may leave now: first what must leave again, then the rest in order. Chat keeps its order but does not
   * hold up what is not chat: a mute must not wait behind a flood.
   *
   * @returns the commands, and in how many ms to ask again (undefined: when something is answered or added)
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
    // Asked once: time goes on in between, and a later message would slip past an earlier one.
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
    // Further on, the server would know no more whether the oldest was done.
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

  /** A number for a command that does not wait its turn. */
  nextId(): number {
    return ++this.#lastId
  }

  /** A reply came. One to an unknown number is a repeat, and ignored. */
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

  /** Only under its number the server can tell whether it was done: another one would do it twice, giving up would hide that it was done. */
  #sendAgain({ command }: QueuedCommand, { re, error }: ErrorReply, rateLimiters: RateLimiters): void {
    const bucket = command.type === 'chat.send' ? rateLimiters.chat : rateLimiters.commands
    bucket.pause(error.retryAfterMs ?? BUSY_ROOM_MS)
    this.#resend = [...this.#resend, re].sort((a, b) => a - b)
  }

  /** Our own pace is kept, so it was the others' talk that filled the room's bucket. What was written is not lost by that. */
  #takeBack(entry: QueuedCommand, id: number): void {
    entry.rejectedAs = id
    const behind = this.#waiting.findIndex(({ rejectedAs }) => rejectedAs === undefined || rejectedAs > id)
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, entry)
  }

  /** The socket is down. What may not wait is rejected; a command of the connection itself means nothing on the next one. */
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
   * The room is back. `sameSession`: the same participant in the same instance, whose ledger knows our numbers.
   * Otherwise it is unknown whether the unanswered commands took effect. Repeating one might execute it twice, so they fail.
   * But a statement of how things are (`latest`) may always be repeated.
   */
  reconnected(sameSession: boolean, lastCommandId: number): void {
    this.#lastId = Math.max(this.#lastId, lastCommandId)
    if (sameSession) {
      this.#resend = [...this.#unanswered.keys()]
      for (const entry of this.#unanswered.values()) entry.maybeDone = !isQuery(entry.command)
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

  /** What left without an answer fails with this; what still waits goes on waiting. */
  failUnanswered(error: LiveStreamError): void {
    const entries = [...this.#unanswered.values()]
    this.#unanswered.clear()
    this.#resend = []
    for (const entry of entries) fail(entry, error)
  }

  /** Everything fails with this. Idempotent. */
  close(error: LiveStreamError): void {
    this.failUnanswered(error)
    for (const entry of this.#waiting.splice(0)) fail(entry, error)
  }
}
