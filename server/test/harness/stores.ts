import { memoryLog, type RoomLog } from '../../src/index'
import type { FakeClock } from './fake-clock'
import { LogFolder } from './log-folder'

/** Where a log outlives the process that writes it. */
export type Store = {
  /** The log as a new process finds it. */
  open(): RoomLog
  /** Called when the process that opened it is dead. */
  release(log: RoomLog): Promise<void>
}

/** Both logs: that in memory lives on in this process, a file is opened anew. */
export const STORES: [name: string, storeOf: (clock: FakeClock) => Store][] = [
  [
    'in memory',
    (clock) => {
      const log = memoryLog(clock)
      return { open: () => log, release: async () => {} }
    },
  ],
  [
    'on disk',
    (clock) => {
      const folder = new LogFolder()
      return { open: () => folder.open({ clock }), release: (log) => log.close() }
    },
  ],
]
