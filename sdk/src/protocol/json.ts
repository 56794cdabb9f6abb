/** Levels of nesting that an app's value may have. `JSON.stringify` of some ten thousand throws a RangeError. */
export const MAX_JSON_DEPTH = 32

const POISONED = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Whether a parsed JSON value is safe to hand on: not too deep, and without keys that poison an object merged from it.
 *
 * @example
 * ```ts
 * import { isSafeJson } from '@peerstage/sdk/protocol'
 *
 * isSafeJson({ poll: 'lunch', choice: 2 }) // true
 * isSafeJson(JSON.parse('{"__proto__":{}}')) // false
 * ```
 *
 * @param depth levels that are above it already. Default 0; {@link MAX_JSON_DEPTH} is the most
 */
export function isSafeJson(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_JSON_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isSafeJson(item, depth + 1))
  return Object.entries(value).every(([key, item]) => !POISONED.has(key) && isSafeJson(item, depth + 1))
}
