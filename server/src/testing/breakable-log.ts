import { LogUnavailable, type RoomLog } from '../index'

export type BreakableLog = { readonly log: RoomLog; isBroken: boolean }

/** A log that rejects all calls while it is broken. Its data stays. */
export function breakable(inner: RoomLog): BreakableLog {
  const breaking = { isBroken: false }
  const log = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) =>
        breaking.isBroken && name !== 'close'
          ? Promise.reject(new LogUnavailable('A fault of the test has taken the log down.'))
          : member.apply(target, args)
    },
  })
  return Object.assign(breaking, { log })
}
