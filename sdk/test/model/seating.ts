import type { Role } from '../../src/protocol'

/** Two rooms that share a log. */
export const ROOMS = ['hall', 'side'] as const

/** What the issuer of tokens makes of each identity, to begin with. */
export const ROLES_AT_FIRST: Readonly<Record<string, Role>> = {
  ada: 'host',
  bob: 'viewer',
  cy: 'guest',
  dee: 'guest',
  eve: 'cohost',
}

const sitting = (roomId: string, identities: readonly string[]) => identities.map((identity) => ({ identity, roomId }))

/** Who sits where: more than there are places. Two tabs of one identity in one room are rivals. */
export const TABS = [
  ...sitting('hall', ['ada', 'bob', 'cy', 'dee', 'eve', 'ada', 'bob', 'cy']),
  ...sitting('side', ['ada', 'bob']),
]
