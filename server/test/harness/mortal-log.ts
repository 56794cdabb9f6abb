import type { RoomLog } from '../../src/index'

export type MortalLog = {
  readonly log: RoomLog
  /** From now on no call reaches the log, and pending calls never settle. */
  die(): void
  /** Dies after the next call of this method, before its result is returned. Resolves then. */
  dieAfter(method: keyof RoomLog): Promise<void>
}

/** A log as one process sees it: when that process is killed the log stays, but the calls of the process never settle. */
export function mortalLog(inner: RoomLog): MortalLog {
  const never = new Promise<never>(() => {})
  let isDead = false
  let last: { method: PropertyKey; done: () => void } | undefined
  const log = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        if (isDead) return name === 'close' ? undefined : never
        const result: unknown = await member.apply(target, args)
        if (last?.method === name) {
          isDead = true
          last.done()
        }
        return isDead && name !== 'close' ? never : result
      }
    },
  })
  return {
    log,
    die: () => {
      isDead = true
    },
    dieAfter: (method) =>
      new Promise((done) => {
        last = { method, done }
      }),
  }
}
