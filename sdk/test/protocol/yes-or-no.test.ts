// The script file reads messages by a small stand-in for valibot. Whatever comes, the two must say the same of it.
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { build } from 'esbuild'
import fc from 'fast-check'
import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { yesOrNo } from '../../build/valibot/plugin'
import * as protocol from '../../src/protocol'
import { roomEvent } from '../../src/protocol/event'
import { arbitraryOf } from './schema-arbitrary'
import { messagesIn, nameOf, nodeOf } from './schema-node'

type Parts = { protocol: typeof protocol; valibot: typeof v }

const whole: Parts = { protocol, valibot: v }
let small: Parts
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * as protocol from '../../src/protocol'; export * as valibot from 'valibot'`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    plugins: [yesOrNo],
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')
  small = await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)
})

/** What a bad client or server might put anywhere. */
const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(-1, 0, 1.5, 1e300, '', 'x', null, [], {}, [[]], true, 'a'.repeat(70), 2 ** 53),
)
const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'type', 'id', 'ok', 'further'),
  fc.string(),
)
const spoiling = fc.record({
  where: fc.nat(),
  how: fc.constantFrom('leave', 'replace', 'remove', 'add'),
  value: nasty,
  key,
})
type Spoiling = typeof spoiling extends fc.Arbitrary<infer S> ? S : never

const schemas = {
  client: protocol.clientMessage,
  server: protocol.serverMessage,
  event: roomEvent,
} as const
const messages = Object.entries(schemas).flatMap(([side, schema]) =>
  messagesIn(nodeOf(schema)).map((node) => [`${side}: ${nameOf(node)}`, side, node] as const),
)

describe('right, or spoiled in one place', () => {
  test.each(messages)('%s', (_name, side, node) => {
    const drawn = arbitraryOf(node as unknown as v.GenericSchema)
    fc.assert(
      fc.property(drawn, spoiling, (message, how) => {
        const text = spoiled(side === 'event' ? { type: 'event', logged: logged(message) } : message, how)
        for (const decode of ['decodeClientFrame', 'decodeServerFrame'] as const) {
          same(small.protocol[decode](`[${text}]`), whole.protocol[decode](`[${text}]`))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a hello', () => {
    fc.assert(
      fc.property(arbitraryOf(protocol.hello), spoiling, (hello, how) => {
        const encoded = protocol.encodeHello(JSON.parse(spoiled(hello, how)))
        same(small.protocol.decodeHello(encoded), protocol.decodeHello(encoded))
      }),
    )
  })
})

test('any text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      same(small.protocol.decodeServerFrame(text), protocol.decodeServerFrame(text))
    }),
  )
})

test('what an app hands over, which need not be JSON', () => {
  const anything = fc.anything({ withNullPrototype: true, withDate: true, withMap: true, withSparseArray: true })
  const command = fc.oneof(
    anything,
    fc.record({ type: fc.constantFrom('chat.send', 'cast', 'chat.history'), id: anything, text: anything }),
    fc.record({ type: fc.constant('chat.history'), id: fc.constant(1), before: anything, limit: anything }),
    fc.record({ type: fc.constant('cast'), cast: fc.record({ type: fc.constant('data'), value: anything }) }),
  )
  fc.assert(
    fc.property(command, (value) => {
      const asked = ['clientMessage', 'iceServer', 'roomId', 'chatHistoryResult'] as const
      for (const name of asked) {
        expect(small.valibot.is(small.protocol[name], value)).toBe(v.is(whole.protocol[name] as v.GenericSchema, value))
      }
    }),
    { numRuns: 500 },
  )
})

/** `toStrictEqual` stumbles over members that are called `constructor`. */
const same = (one: unknown, other: unknown) => expect(isDeepStrictEqual(one, other)).toBe(true)

const logged = (event: unknown) => ({ seq: 1, at: 2, by: null, event })

/** The message as JSON, changed in one of the objects and arrays that it is made of. */
function spoiled(message: unknown, { where, how, value, key }: Spoiling): string {
  const copy = JSON.parse(JSON.stringify(message))
  const holders = holdersIn(copy)
  const holder = holders[where % holders.length] as Record<string, unknown>
  const keys = Object.keys(holder)
  const known = keys[where % keys.length] ?? '0'
  if (how === 'replace') put(holder, known, value)
  if (how === 'remove') delete holder[known]
  if (how === 'add') put(holder, Array.isArray(holder) ? String(holder.length) : key, value)
  return JSON.stringify(copy)
}

/** Not by assignment: `__proto__` shall be a member of its own. */
function put(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

function holdersIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  return [value, ...Object.values(value).flatMap(holdersIn)]
}
