// Stands in for valibot in the script file. valibot also tells what is wrong with a value, where, and in which words; the
// protocol asks only whether it is right, and what it becomes. The same names give the same answers: see
// sdk/test/protocol/yes-or-no.test.ts. A name that is missing here stops the build.

/** Gives what the value becomes, or `WRONG`. */
type Read = ((value: unknown) => unknown) & { readonly isOptional?: boolean }
type Entries = Readonly<Record<string, Read>>
type ObjectRead = Read & { readonly entries: Entries }

const WRONG = Symbol()

export const is = (read: Read, value: unknown) => read(value) !== WRONG
export const safeParse = (read: Read, value: unknown) => {
  const output = read(value)
  return { success: output !== WRONG, output }
}

/** Lets a value pass as it is. What comes first in a `pipe` sees to its type. */
export const check =
  <T>(isRight: (value: T) => boolean): Read =>
  (value) =>
    isRight(value as T) ? value : WRONG
export const transform = (change: Read): Read => change

export const unknown = () => check(() => true)
export const string = () => check((value) => typeof value === 'string')
export const boolean = () => check((value) => typeof value === 'boolean')
export const number = () => check((value) => typeof value === 'number' && !Number.isNaN(value))
export const literal = (wanted: unknown) => check((value) => value === wanted)
export const picklist = (options: readonly unknown[]) => check((value) => options.includes(value))

export const finite = () => check(Number.isFinite)
export const integer = () => check(Number.isInteger)
export const safeInteger = () => check(Number.isSafeInteger)
export const minValue = (least: number) => check((value: number) => value >= least)
export const maxValue = (most: number) => check((value: number) => value <= most)
export const minLength = (least: number) => check((value: string) => value.length >= least)
export const maxLength = (most: number) => check((value: string) => value.length <= most)
export const regex = (pattern: RegExp) => check((value: string) => pattern.test(value))

export const pipe =
  (...steps: readonly Read[]): Read =>
  (value) =>
    steps.reduce((output, step) => (output === WRONG ? WRONG : step(output)), value)

export const nullable =
  (read: Read): Read =>
  (value) =>
    value === null ? null : read(value)

/** A member that may be missing; anywhere else, what may be undefined. */
export const optional = (read: Read): Read =>
  Object.assign((value: unknown) => (value === undefined ? value : read(value)), { isOptional: true })

export const union =
  (options: readonly Read[]): Read =>
  (value) => {
    for (const read of options) {
      const output = read(value)
      if (output !== WRONG) return output
    }
    return WRONG
  }

/** By its key valibot knows which option to complain of. */
export const variant = (_key: string, options: readonly Read[]) => union(options)

export const array =
  (read: Read): Read =>
  (value) => {
    if (!Array.isArray(value)) return WRONG
    const output = Array.from(value, (item) => read(item))
    return output.includes(WRONG) ? WRONG : output
  }

export const object = (entries: Entries) => members(entries)
export const looseObject = (entries: Entries) => members(entries, unknown())
export const record = (key: Read, value: Read) => members({}, value, key)

export function strictObject(entries: Entries): ObjectRead {
  const known = members(entries)
  const read: Read = (value) => {
    for (const key in value as object) if (!Object.hasOwn(entries, key)) return WRONG
    return known(value)
  }
  return Object.assign(read, { entries })
}

/** @param rest reads the members that `entries` do not name. Default: they are left out */
function members(entries: Entries, rest?: Read, restKey: Read = unknown()): ObjectRead {
  const read: Read = (value) => {
    if (typeof value !== 'object' || value === null) return WRONG
    const input = value as Record<string, unknown>
    const output: Record<string, unknown> = {}
    for (const [key, entry] of Object.entries(entries)) {
      if (!(key in input) && entry.isOptional) continue
      const member = key in input ? entry(input[key]) : WRONG
      if (member === WRONG) return WRONG
      output[key] = member
    }
    for (const key of rest === undefined ? [] : Object.keys(input)) {
      if (Object.hasOwn(entries, key) || INHERITED.includes(key)) continue
      const member = restKey(key) === WRONG ? WRONG : rest?.(input[key])
      if (member === WRONG) return WRONG
      output[key] = member
    }
    return output
  }
  return Object.assign(read, { entries })
}

const INHERITED = ['__proto__', 'prototype', 'constructor']
