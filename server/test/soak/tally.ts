import type { ServerMessageOf } from '@peerstage/sdk/protocol'

/** How a connection may end here, beside 1000 and 1001: the codes of the wire that simulated users bring about. */
const EXPECTED_CLOSES = new Set([
  1000, 1001, 1002, 1003, 1007, 1009, 4400, 4401, 4404, 4408, 4409, 4410, 4411, 4413, 4423, 4429, 4430,
])
/** Answers that no user may ever get from a healthy server; but for what comes right behind the end of its room. */
const FAULTS = new Set(['internal', 'unavailable'])
const TOO_LATE = 'The room is not open.'

/** What happened, by name; and what should not have. */
export class Tally {
  readonly counts = new Map<string, number>()
  readonly faults = new Map<string, number>()
  /** Rooms that may have a ban: bans are kept until they are lifted, or the room is erased. */
  readonly roomsWithBans = new Set<string>()

  note(what: string): void {
    this.counts.set(what, this.of(what) + 1)
  }

  fault(what: string): void {
    this.faults.set(what, (this.faults.get(what) ?? 0) + 1)
  }

  /** What a command was answered. */
  answered(command: string, reply: ServerMessageOf<'reply'>): void {
    this.note('commands')
    this.note(`${command}: ${reply.ok ? 'ok' : reply.error.code}`)
    if (reply.ok || !FAULTS.has(reply.error.code) || reply.error.message === TOO_LATE) return
    this.fault(`${command} was answered: ${reply.error.message}`)
  }

  /** A connection that the user did not end itself. */
  closed(code: number): void {
    this.note(`closed: ${code}`)
    if (!EXPECTED_CLOSES.has(code)) this.fault(`a connection was closed with ${code}`)
  }

  status(route: string, status: number): void {
    this.note(`${route}: ${status}`)
    if (status >= 500) this.fault(`${route} was answered ${status}`)
  }

  of(what: string): number {
    return this.counts.get(what) ?? 0
  }
}
