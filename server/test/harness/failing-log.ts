import { memoryLog } from '../../src/index'
import type { RoomLog } from '../../src/ports/room-log'
import { breakable } from '../../src/testing/breakable-log'

/** A log that rejects every call while `broken` is set. Default: a memory log. */
export function failingLog(log: RoomLog = memoryLog()): RoomLog & { broken: boolean } {
  const breaking = breakable(log)
  return Object.defineProperty(breaking.log as RoomLog & { broken: boolean }, 'broken', {
    get: () => breaking.isBroken,
    set: (isBroken: boolean) => {
      breaking.isBroken = isBroken
    },
  })
}
