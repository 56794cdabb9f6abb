import { LogUnavailable, type RoomLog } from '../../src/hosting/ports'
import { memoryLog } from '../../src/index'

/** A real memory log whose disk a test can break and mend. */
export function failingLog(): RoomLog & { broken: boolean } {
  const log = memoryLog()
  const guard = <T>(work: () => Promise<T>): Promise<T> =>
    faulty.broken ? Promise.reject(new LogUnavailable('broken by a test')) : work()
  const faulty = {
    broken: false,
    append: (...args: Parameters<RoomLog['append']>) => guard(() => log.append(...args)),
    since: (...args: Parameters<RoomLog['since']>) => guard(() => log.since(...args)),
    forget: (...args: Parameters<RoomLog['forget']>) => log.forget(...args),
    close: () => log.close(),
  }
  return faulty
}
