import { memoryLog } from '../../src/index'
import { LogUnavailable } from '../../src/ports/log-unavailable'
import type { RoomLog } from '../../src/ports/room-log'

/** A real memory log whose disk a test can break and mend. */
export function failingLog(log: RoomLog = memoryLog()): RoomLog & { broken: boolean } {
  const faulty = { broken: false }
  return new Proxy(log as RoomLog & { broken: boolean }, {
    get: (_, name: keyof RoomLog | 'broken') => {
      if (name === 'broken') return faulty.broken
      if (name === 'close') return () => log.close()
      return (...args: unknown[]) =>
        faulty.broken
          ? Promise.reject(new LogUnavailable('broken by a test'))
          : (log[name] as (...args: unknown[]) => Promise<unknown>).call(log, ...args)
    },
    set: (_, name, value: boolean) => {
      if (name === 'broken') faulty.broken = value
      return true
    },
  })
}
