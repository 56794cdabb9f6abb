import type { Connection } from '../ports/connection'

/** Clients of a draining server come back spread over so long. */
const SPREAD_MS = 10_000

/** The one goodbye of a server that goes down: to who is there, and to who still comes. */
export function bidFarewell(connection: Connection): void {
  connection.close('draining', 'The server is going down.', Math.floor(Math.random() * SPREAD_MS))
}
