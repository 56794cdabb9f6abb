import { constants, setPriority } from 'node:os'

/** Goes before other programs of the machine, with all processes that are started from here on, where the system allows it (to root). */
export function goBeforeOthers(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH)
  } catch {
    // Not allowed: the figures are then as calm as the machine is.
  }
}
