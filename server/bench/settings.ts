// What the servers under test and those that load them agree on.

export const SECRET = 'a secret of the bench, long enough to be one'

const ANY = 1_000_000

/** A server's limits, so that nothing in a bench is too fast for it. The rivals have none. */
export const NO_BOUNDS = {
  stalledMs: 60_000,
  ...{ chatPerSecond: ANY, chatBurst: ANY, roomChatPerSecond: ANY, roomChatBurst: ANY },
  ...{ commandsPerSecond: ANY, commandBurst: ANY, joinsPerSecond: ANY, joinBurst: ANY },
}
