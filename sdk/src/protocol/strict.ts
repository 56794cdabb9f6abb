import * as v from 'valibot'

/**
 * A strict object whose entries have no prototype. valibot evaluates `key in entries`, and on a plain object
 * `__proto__` and `constructor` would count as known keys.
 */
export function strict<const E extends v.ObjectEntries>(entries: E): v.StrictObjectSchema<E, undefined> {
  return v.strictObject(Object.assign(Object.create(null), entries) as E)
}
