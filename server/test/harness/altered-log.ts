import type { RoomLog } from '../../src/index'

/** A real log with some of its methods replaced. */
export function alteredLog(log: RoomLog, changes: Partial<RoomLog>): RoomLog {
  return new Proxy(log, {
    get(target, name) {
      const change: unknown = Reflect.get(changes, name)
      if (change !== undefined) return change
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
