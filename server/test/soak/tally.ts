/** How a connection may end here, beside 1000 and 1001: the codes of the wire that visitors bring about. */
const EXPECTED_CLOSES = new Set([
  1000, 1001, 1002, 1003, 1007, 1009, 4400, 4401, 4404, 4408, 4409, 4410, 4411, 4413, 4423, 4429, 4430,
])
/** Answers that no visitor may ever get from a healthy server. */
const FAULTS = new Set(['internal', 'unavailable'])

/** What happened, by name; and what should not have. */
export class Tally {
  readonly counts = new Map<string, number>()
  readonly faults = new Map<string, number>()
  /** Rooms in which somebody was banned: bans are kept until they are lifted, or the room is erased. */
  readonly roomsWithBans = new Set<string>()

  note(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  fault(what: string): void {
    this.faults.set(what, (this.faults.get(what) ?? 0) + 1)
  }

  /** A reply's outcome: `ok` or the code of its error. */
  answered(command: string, outcome: string): void {
    this.note(`${command}: ${outcome}`)
    if (FAULTS.has(outcome)) this.fault(`${command} was answered ${outcome}`)
  }

  /** A connection that the visitor did not end itself. */
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
