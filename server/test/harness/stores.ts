import { memoryLog, type RoomLog } from '../../src/index'
import type { FakeClock } from './fake-clock'
import { LogFolder } from './log-folder'

/** The storage of a log, which survives the process that writes it. */
export type Store = {
  /** Opens the log as a new process would. */
  open(): RoomLog
  /** Called when the process that opened it is dead. */
  release(log: RoomLog): Promise<void>
}

/** Both logs. The memory log stays in this process; the file is reopened. */
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
