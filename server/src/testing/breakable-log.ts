import { LogUnavailable, type RoomLog } from '../index'

export type BreakableLog = { readonly log: RoomLog; isBroken: boolean }

/** A log that rejects everything while it is broken, whatever a log may be asked. What it keeps is not touched by that. */
export function breakable(inner: RoomLog): BreakableLog {
  const breaking = { isBroken: false }
  const log = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) =>
        breaking.isBroken && name !== 'close'
          ? Promise.reject(new LogUnavailable('The log is down by a fault of a test.'))
          : member.apply(target, args)
    },
  })
  return Object.assign(breaking, { log })
}
