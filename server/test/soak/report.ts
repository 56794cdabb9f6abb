import { inMib } from './measured'
import type { Soak } from './phases'

/** How often what happened, and what the server held at most. */
export function printTally({ tally, rooms, most }: Soak, minutes: number): void {
  for (const [what, times] of [...tally.counts].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${what}: ${times}`)
  const seconds = minutes * 60
  console.log(
    `${tally.of('users')} users, ${tally.of('sockets')} sockets and ${rooms} rooms in ${minutes} minutes ` +
      `(${(tally.of('sockets') / seconds).toFixed(0)} sockets and ${(tally.of('commands') / seconds).toFixed(0)} commands a second); ` +
      `at once at most ${most.sockets} sockets, ${most.rooms} rooms, heap ${inMib(most.heapBytes)}, file ${inMib(most.fileBytes)}, ` +
      `write-ahead log ${inMib(most.walBytes)}`,
  )
}
