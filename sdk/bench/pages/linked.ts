// Runs in the page.

/** Resolves once all members have a connected link to each other. It looks as often for ours as for the others. */
export async function linked<Member>(
  all: readonly Member[],
  statesOf: (member: Member) => readonly string[],
  members: number,
): Promise<void> {
  const isLinked = (member: Member): boolean => {
    const states = statesOf(member)
    return states.length === members - 1 && states.every((state) => state === 'connected')
  }
  while (!all.every(isLinked)) await new Promise((resolve) => setTimeout(resolve, 10))
}
