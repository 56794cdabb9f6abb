// Stands in for valibot in the script file: the schemas that Peerstage uses, with one answer each: what a value is after it was read,
// or that it does not fit. What is wrong and where is most of valibot, and no caller in a browser asks for it.
// `sdk/test/stand-ins/valibot.test.ts` reads the same values with both.

/** What a schema gives for a value that does not fit. No value of JSON is this one. */
const MISFIT = Symbol()

type Run = (value: unknown) => unknown
type Schema = {
  readonly run: Run
  /** Of objects. */
  readonly entries?: Entries
  /** The key may be absent from an object. */
  readonly isOptional?: boolean
  /** What an absent key has as its value; a function is called for it. */
  readonly absent?: unknown
}
type Entries = Readonly<Record<string, Schema>>
/** An unlisted key of an object is dropped, makes it a misfit, or is kept. */
type Rest = 'dropped' | 'refused' | 'kept'

/** A schema, or a step of a `pipe`, that leaves a value as it is. */
const that = (fits: (value: never) => boolean): Schema => ({
  run: (value) => (fits(value as never) ? value : MISFIT),
})

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
/** Not inherited, and none of the names that reach a prototype. */
const isSafeKey = (of: object, key: string): boolean =>
  Object.hasOwn(of, key) && !['__proto__', 'prototype', 'constructor'].includes(key)

export const unknown = () => that(() => true)
export const string = () => that((value: unknown) => typeof value === 'string')
export const boolean = () => that((value: unknown) => typeof value === 'boolean')
export const number = () => that((value: unknown) => typeof value === 'number' && !Number.isNaN(value))
export const literal = (only: unknown) => that((value: unknown) => value === only)
export const picklist = (options: readonly unknown[]) => that((value: unknown) => options.includes(value))

export const check = that
export const integer = () => that(Number.isInteger)
export const safeInteger = () => that(Number.isSafeInteger)
export const finite = () => that(Number.isFinite)
export const regex = (pattern: RegExp) => that((value: string) => pattern.test(value))
export const minValue = (least: number) => that((value: number) => value >= least)
export const maxValue = (most: number) => that((value: number) => value <= most)
export const minLength = (least: number) => that((value: unknown[]) => value.length >= least)
export const maxLength = (most: number) => that((value: unknown[]) => value.length <= most)
export const transform = (run: Run): Schema => ({ run })

export const pipe = (...steps: [Schema, ...Schema[]]): Schema => ({
  ...steps[0],
  run: (value) => steps.reduce((result, step) => (result === MISFIT ? result : step.run(result)), value),
})

export const union = (options: readonly Schema[]): Schema => ({
  run(value) {
    for (const option of options) {
      const result = option.run(value)
      if (result !== MISFIT) return result
    }
    return MISFIT
  },
})
/** The discriminator is the first key of each option, so an option that is not meant fails at its first key. */
export const variant = (_key: string, options: readonly Schema[]) => union(options)

export const fallback = (schema: Schema, otherwise: unknown): Schema => ({
  isOptional: true,
  absent: otherwise,
  run(value) {
    const result = schema.run(value)
    return result === MISFIT ? otherwise : result
  },
})

export const nullable = (wrapped: Schema): Schema => ({
  run: (value) => (value === null ? value : wrapped.run(value)),
})

export const optional = (wrapped: Schema, absent?: unknown): Schema => ({
  isOptional: true,
  absent,
  run(value) {
    const result = value === undefined ? absentOf(absent) : value
    return result === undefined ? result : wrapped.run(result)
  },
})
const absentOf = (absent: unknown): unknown => (typeof absent === 'function' ? absent() : absent)

export const array = (item: Schema): Schema => ({
  run(value) {
    if (!Array.isArray(value)) return MISFIT
    const results = value.map(item.run)
    return results.includes(MISFIT) ? MISFIT : results
  },
})

export const record = (name: Schema, item: Schema): Schema => ({
  run(value) {
    if (!isObject(value)) return MISFIT
    const results: Record<string, unknown> = {}
    for (const key in value) {
      if (!isSafeKey(value, key)) continue
      const [known, result] = [name.run(key), item.run(value[key])]
      if (known === MISFIT || result === MISFIT) return MISFIT
      results[known as string] = result
    }
    return results
  },
})

const objectWith =
  (rest: Rest) =>
  (entries: Entries): Schema => ({
    entries,
    run(value) {
      if (!isObject(value)) return MISFIT
      const results: Record<string, unknown> = {}
      for (const key in entries) {
        const entry = entries[key] as Schema
        if (!(key in value) && entry.isOptional && entry.absent === undefined) continue
        const result = key in value || entry.isOptional ? entry.run(value[key]) : MISFIT
        if (result === MISFIT) return MISFIT
        results[key] = result
      }
      return withRest(results, value, entries, rest)
    },
  })

function withRest(results: Record<string, unknown>, value: Record<string, unknown>, entries: Entries, rest: Rest) {
  if (rest === 'dropped') return results
  for (const key in value) {
    if (Object.hasOwn(entries, key)) continue
    if (rest === 'refused') return MISFIT
    if (isSafeKey(value, key)) results[key] = value[key]
  }
  return results
}

export const object = objectWith('dropped')
export const strictObject = objectWith('refused')
export const looseObject = objectWith('kept')

export const getDefaults = ({ entries = {} }: Schema): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).map(([key, { absent }]) => [key, absentOf(absent)]))

export const is = (schema: Schema, value: unknown): boolean => schema.run(value) !== MISFIT

export function safeParse(schema: Schema, value: unknown) {
  const output = schema.run(value)
  return { success: output !== MISFIT, output }
}
