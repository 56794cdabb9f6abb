// The script file reads messages with a stand-in for valibot. Both read the same values here: what fits, and the same values after
// something in them was replaced, removed or added, at any depth.
import fc from 'fast-check'
import * as v from 'valibot'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import * as protocol from '../../src/protocol'
import { rejectionCode } from '../../src/protocol/errors'
import { arbitraryOf, safeJson } from '../harness/schema-arbitrary'

type Schema = v.GenericSchema<unknown, unknown>
type Reader = (value: unknown) => { readonly success: boolean; readonly output: unknown }

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && '~run' in value
const schemas = Object.entries(protocol).flatMap(([name, value]): [string, Schema][] =>
  isSchema(value) ? [[name, value]] : [],
)

let standIn: typeof import('../../build/stand-ins/valibot')
let protocolByStandIn: Record<string, unknown>

beforeAll(async () => {
  standIn = await import('../../build/stand-ins/valibot')
  vi.resetModules()
  vi.doMock('valibot', () => standIn)
  protocolByStandIn = await import('../../src/protocol')
})

/** A schema of the protocol, as the script file has it. */
const readerOf = (name: string): Reader => {
  const schema = protocolByStandIn[name] as Parameters<typeof standIn.safeParse>[0]
  return (value) => standIn.safeParse(schema, value)
}

function expectSame(name: string, schema: Schema, value: unknown): boolean {
  const { success, output } = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true })
  const read = readerOf(name)(value)
  expect(read.success).toBe(success)
  if (success) expect(read.output).toStrictEqual(output)
  return success
}

const small = { word: (lib: typeof v) => lib.string(), count: (lib: typeof v) => lib.number() }
/** Each kind of schema by itself: within the protocol some differences would not show. */
const kinds: Record<string, (lib: typeof v) => v.GenericSchema> = {
  string: (lib) => lib.string(),
  number: (lib) => lib.number(),
  boolean: (lib) => lib.boolean(),
  unknown: (lib) => lib.unknown(),
  literal: (lib) => lib.literal('a'),
  picklist: (lib) => lib.picklist(['a', 'b']),
  nullable: (lib) => lib.nullable(lib.string()),
  array: (lib) => lib.array(lib.string()),
  record: (lib) => lib.record(lib.pipe(lib.string(), lib.maxLength(11)), lib.unknown()),
  object: (lib) => lib.object({ a: small.word(lib), b: lib.optional(small.count(lib)), c: lib.nullable(lib.string()) }),
  'object with defaults': (lib) =>
    lib.object({ a: lib.optional(small.word(lib), 'x'), b: lib.optional(lib.unknown(), () => []) }),
  'object with a fallback': (lib) => lib.object({ a: lib.fallback(small.count(lib), 7) }),
  strictObject: (lib) => lib.strictObject({ a: small.word(lib), b: lib.optional(lib.unknown()) }),
  looseObject: (lib) => lib.looseObject({ a: small.word(lib) }),
  union: (lib) => lib.union([small.word(lib), lib.array(small.word(lib)), lib.object({ a: lib.unknown() })]),
  variant: (lib) =>
    lib.variant('a', [lib.object({ a: lib.literal('a') }), lib.object({ a: lib.literal('b'), b: lib.number() })]),
  transform: (lib) =>
    lib.pipe(
      lib.string(),
      lib.transform((text) => text.length),
      lib.minValue(1),
    ),
  check: (lib) =>
    lib.pipe(
      lib.string(),
      lib.check((text) => text === 'a'),
    ),
  regex: (lib) => lib.pipe(lib.string(), lib.regex(/^a+$/)),
  integer: (lib) => lib.pipe(lib.number(), lib.integer()),
  safeInteger: (lib) => lib.pipe(lib.number(), lib.safeInteger()),
  finite: (lib) => lib.pipe(lib.number(), lib.finite()),
  minValue: (lib) => lib.pipe(lib.number(), lib.minValue(1)),
  maxValue: (lib) => lib.pipe(lib.number(), lib.maxValue(1)),
  minLength: (lib) => lib.pipe(lib.string(), lib.minLength(2)),
  maxLength: (lib) => lib.pipe(lib.string(), lib.maxLength(1)),
}

const PLAIN = [undefined, null, true, '', 'a', 'aa', 'b', 0, 1, 1.5, -1, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]
const NESTED = [[], ['a'], ['a', 1], {}, Object.create({ a: 'inherited' }), Object.create(null), new Map(), () => 1]
const FIELDS = ['"a":"a"', '"a":"b"', '"a":1', '"b":1', '"b":"x"', '"c":null', '"d":1', '"longer than most":1']
const HOSTILE = ['"__proto__":{"a":"a"}', '"constructor":1', '"prototype":1', '"toString":1', '"hasOwnProperty":1']
const objects = [...FIELDS, ...HOSTILE].flatMap((one) =>
  ['', '"a":"a",', '"a":"b",'].flatMap((first) => [`{${first}${one}}`, `{${first}${one},"c":null}`]),
)
const values: unknown[] = [...PLAIN, ...NESTED, ...objects.map((text): unknown => JSON.parse(text))]

test.each(Object.entries(kinds))('%s reads each of many values as valibot does', (_kind, make) => {
  const [schema, other] = [make(v), make(standIn as unknown as typeof v)]
  const outcomes = values.map((value) => {
    const { success, output } = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true })
    const read = standIn.safeParse(other as unknown as Parameters<typeof standIn.safeParse>[0], value)
    expect([value, read.success]).toStrictEqual([value, success])
    if (success) expect(read.output).toStrictEqual(output)
    expect(standIn.is(other as unknown as Parameters<typeof standIn.is>[0], value)).toBe(success)
    return success
  })
  expect(outcomes).toContain(true)
})

test('the schemas of the protocol are among those tried', () => {
  const names = schemas.map(([name]) => name)
  expect(names).toEqual(expect.arrayContaining(['clientMessage', 'serverMessage', 'hello', 'room', 'limits', 'roomId']))
})

describe.each(schemas)('%s', (name, schema) => {
  test('reads what fits, and what is nearly that, as valibot does', () => {
    let [fits, misfits] = [0, 0]
    fc.assert(
      fc.property(arbitraryOf(schema), fc.array(change, { maxLength: 2 }), (value, changes) => {
        const changed = changes.reduce((result, [at, how]) => changedAt(result, at, how), value)
        if (expectSame(name, schema, changed)) fits++
        else misfits++
      }),
      { numRuns: 300 },
    )
    expect(fits).toBeGreaterThan(0)
    expect(misfits).toBeGreaterThan(0)
  })

  test('reads any value as valibot does', () => {
    const any = fc.oneof(fc.jsonValue(), fc.anything())
    fc.assert(fc.property(any, (value) => void expectSame(name, schema, value)))
  })
})

test('an unknown code of a rejection is internal, also where there is none', () => {
  const error = { message: 'no', retryable: false }
  for (const code of ['from a newer server', null, undefined])
    expectSame('rejection', protocol.rejection, { ...error, code })
  expectSame('rejection', protocol.rejection, error)
  expect(v.parse(rejectionCode, 'from a newer server')).toBe('internal')
  expect(readerOf('rejection')(error).output).toEqual({ ...error, code: 'internal' })
})

test('the default limits are the same', () => {
  expect(protocolByStandIn.DEFAULT_LIMITS).toStrictEqual(protocol.DEFAULT_LIMITS)
})

type How =
  | { readonly what: 'replace'; readonly by: unknown }
  | { readonly what: 'remove' }
  | { readonly what: 'add'; readonly key: string; readonly value: unknown }

const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'type', 'id', 'extra']
const how: fc.Arbitrary<How> = fc.oneof(
  fc.record({
    what: fc.constant('replace' as const),
    by: fc.oneof(safeJson, fc.constantFrom(undefined, Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, '', [], {})),
  }),
  fc.constant({ what: 'remove' as const }),
  fc.record({ what: fc.constant('add' as const), key: fc.constantFrom(...KEYS), value: safeJson }),
)
/** Which way to go at each level, and what to do where it ends. */
const change = fc.tuple(fc.array(fc.nat(), { maxLength: 5 }), how)

/** A copy with one change, made as JSON makes it: `__proto__` is a key like others. */
function changedAt(value: unknown, [turn, ...way]: readonly number[], how: How): unknown {
  if (typeof value !== 'object' || value === null) return how.what === 'replace' ? how.by : value
  const entries = Object.entries(value)
  const [key, child] = turn === undefined ? [] : (entries[turn % Math.max(entries.length, 1)] ?? [])
  if (key !== undefined && !(way.length === 0 && how.what === 'remove')) {
    return rebuilt(value, entries, key, changedAt(child, way, how))
  }
  if (how.what === 'replace') return how.by
  if (how.what === 'add')
    return Array.isArray(value) ? [...value, how.value] : rebuilt(value, entries, how.key, how.value)
  const rest = entries.filter(([each]) => each !== key)
  return Array.isArray(value) ? rest.map(([, each]) => each) : own(rest)
}

function rebuilt(value: object, entries: [string, unknown][], key: string, child: unknown): unknown {
  if (Array.isArray(value)) return value.map((each, index) => (String(index) === key ? child : each))
  return own([...entries.filter(([each]) => each !== key), [key, child]])
}

const own = (entries: [string, unknown][]): unknown => Object.fromEntries(entries)
