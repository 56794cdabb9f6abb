import type { Random } from './random'

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

/** What no honest client puts anywhere. */
const HOSTILE: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0.5,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => '',
  () => '__proto__',
  () => 'constructor',
  () => '\u0000\u202e\u2028\ud800',
  () => 'x'.repeat(5000),
  () => [],
  () => ({}),
  () => deep(200),
  () => JSON.parse('{"__proto__":{"role":"host"},"constructor":{"prototype":{}}}'),
  () => Array(500).fill(0),
]

/** A message with one thing wrong about it, or, by chance, nothing. */
export function mutated(random: Random, message: unknown): unknown {
  const copy = structuredClone(message)
  const places = placesIn(copy)
  const place = places[random.below(places.length)]
  if (place === undefined) return random.pick(HOSTILE)()
  const { holder, key } = place
  const how = random.below(4)
  if (how === 0) delete holder[key]
  else if (how === 1) holder[random.pick(['role', 'from', 'extra', 'constructor', 'toString'])] = random.pick(HOSTILE)()
  else holder[key] = random.pick(HOSTILE)()
  return copy
}

type Place = { readonly holder: Record<string, unknown>; readonly key: string }

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Record<string, unknown>
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])])
}

/** A frame's text with some of it cut off, doubled, or replaced. */
export function damaged(random: Random, text: string): string {
  const at = random.below(text.length)
  const until = at + random.below(20)
  const piece = random.pick([
    '',
    '"',
    ']',
    '{',
    ',',
    '\\u0000',
    '\ufffd',
    '['.repeat(5000),
    text.slice(at, until),
    '1e999',
  ])
  return text.slice(0, at) + piece + text.slice(random.chance(0.5) ? until : at)
}
