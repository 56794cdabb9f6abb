/**
 * The next value, with the equal parts of the previous one: code that compares by identity, such as React, then sees only what has
 * changed. Looks into arrays and plain objects only; a stream or a track is compared by identity.
 */
export function share<T>(previous: unknown, next: T): T {
  if (Object.is(previous, next)) return next
  if (Array.isArray(previous) && Array.isArray(next)) return shareList(previous, next) as T
  if (isPlain(previous) && isPlain(next)) return shareRecord(previous, next) as T
  return next
}

function shareList(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const byId = new Map(previous.map((item) => [idOf(item), item]))
  const shared = next.map((item, i) => {
    const id = idOf(item)
    return share(id === idOf(previous[i]) ? previous[i] : byId.get(id), item)
  })
  // Never `next` itself: if the app sorts its list, the room's list must not change.
  return sameItems(previous, shared) ? previous : shared
}

/** Items with an id are found by it, at any index; others by their index. */
const idOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined

function shareRecord(previous: Record<string, unknown>, next: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(next)
  const shared = Object.fromEntries(keys.map((key) => [key, share(previous[key], next[key])]))
  if (sameEntries(previous, shared)) return previous
  return sameEntries(next, shared) ? next : shared
}

/** The previous object if the next one has identical entries: one level of {@link share}, for entries that are shared already. */
export function keep<T extends object>(previous: T, next: T): T {
  return sameEntries(previous as Record<string, unknown>, next as Record<string, unknown>) ? previous : next
}

function sameEntries(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = Object.keys(b)
  return (
    keys.length === Object.keys(a).length && keys.every((key) => Object.hasOwn(a, key) && Object.is(a[key], b[key]))
  )
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => Object.is(item, b[i]))

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
