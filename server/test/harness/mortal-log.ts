import type { RoomLog } from '../../src/index'

export type MortalLog = {
  readonly log: RoomLog
  /** From now on nothing reaches the log, and nothing that was asked is answered. */
  die(): void
  /** Dies as soon as the log has done this once more, before anybody hears of it. Resolves then. */
  dieAfter(deed: keyof RoomLog): Promise<void>
}

/** A log as one process has it: when that process is killed, the log lives on, but what was asked of it is never answered. */
export function mortalLog(inner: RoomLog): MortalLog {
  const never = new Promise<never>(() => {})
  let isDead = false
  let last: { deed: PropertyKey; done: () => void } | undefined
  const log = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        if (isDead) return name === 'close' ? undefined : never
        const result: unknown = await member.apply(target, args)
        if (last?.deed === name) {
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
    dieAfter: (deed) =>
      new Promise((done) => {
        last = { deed, done }
      }),
  }
}
