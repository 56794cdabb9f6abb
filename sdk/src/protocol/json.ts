/** The most levels of nesting in a value of the app. `JSON.stringify` throws a RangeError at some ten thousand. */
export const MAX_JSON_DEPTH = 32

const POISONED = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Whether a parsed JSON value is safe to relay: not nested too deeply, and without keys that pollute the prototype of an object merged from it.
 *
 * @example
 * ```ts
 * import { isSafeJson } from '@peerstage/sdk/protocol'
 *
 * isSafeJson({ poll: 'lunch', choice: 2 }) // true
 * isSafeJson(JSON.parse('{"__proto__":{}}')) // false
 * ```
 *
 * @param depth the number of levels above the value. Default 0; at most {@link MAX_JSON_DEPTH}
 */
export function isSafeJson(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_JSON_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isSafeJson(item, depth + 1))
  return Object.entries(value).every(([key, item]) => !POISONED.has(key) && isSafeJson(item, depth + 1))
}
