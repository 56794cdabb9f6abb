/** Levels of nesting that an app's value may have. `JSON.stringify` of some ten thousand throws a RangeError. */
export const MAX_JSON_DEPTH = 32

const POISONED = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether a parsed JSON value is safe to hand on: not too deep, and without keys that poison an object merged from it. */
export function isSafeJson(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_JSON_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isSafeJson(item, depth + 1))
  return Object.entries(value).every(([key, item]) => !POISONED.has(key) && isSafeJson(item, depth + 1))
}
