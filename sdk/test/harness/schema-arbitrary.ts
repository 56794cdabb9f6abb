import fc from 'fast-check'
import * as v from 'valibot'
import { isSafeJson, roomEvent } from '../../src/protocol'
import { reactionCast } from '../../src/protocol/reactions'
import { loggedEvent } from '../../src/protocol/room'
import { branchesOf, nodeOf, type SchemaNode } from './schema-node'

type Walk = (node: SchemaNode) => fc.Arbitrary<unknown>

/** Every value that a schema lets pass, drawn from the schema itself: a new message is tested as soon as it is there. */
export function arbitraryOf(schema: v.GenericSchema<unknown, unknown>): fc.Arbitrary<unknown> {
  return ofNode(nodeOf(schema))
}

/** JSON that comes back as it went: neither -0, which JSON does not know, nor keys that the protocol refuses. */
export const safeJson = fc
  .jsonValue({ maxDepth: 4 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)))
  .filter((value) => isSafeJson(value))

const EMOJI = ['❤️', '🔥', '👏', '😮', '🇩🇪', '1️⃣', '👩🏽‍❤️‍💋‍👨🏿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👨‍👩‍👧‍👦']

const special = new Map<SchemaNode, () => fc.Arbitrary<unknown>>([
  // A transform: what it gives is an envelope with an event that this version knows.
  [nodeOf(loggedEvent), () => envelope()],
  // fast-check does not draw from patterns with look-aheads.
  [nodeOf(reactionCast.entries.emoji), () => fc.constantFrom(...EMOJI)],
])

const ofNode: Walk = (node) => {
  const own = special.get(node)
  if (own !== undefined) return own()
  const arbitrary = byType[node.type]
  if (arbitrary === undefined) throw new Error(`no arbitrary for a schema of type ${node.type}`)
  const drawn = arbitrary(node)
  // What a `check` asks is a function: draw, and keep what passes.
  return hasAction(node, 'check') ? drawn.filter((value) => v.is(node as unknown as v.GenericSchema, value)) : drawn
}

const objectOf: Walk = ({ entries = {} }) => {
  // What has a default is there once it was read.
  const isThere = (entry: SchemaNode) => entry.type !== 'optional' || entry.default !== undefined
  const required = Object.entries(entries).flatMap(([key, entry]) => (isThere(entry) ? [key] : []))
  const model = Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, ofNode(entry)]))
  return fc.record(model, { requiredKeys: required, noNullPrototype: true })
}

const branches: Walk = (node) => fc.oneof(...branchesOf(node).map(ofNode))

const byType: Readonly<Record<string, Walk>> = {
  string: stringOf,
  number: numberOf,
  boolean: () => fc.boolean(),
  literal: ({ literal }) => fc.constant(literal),
  picklist: ({ options = [] }) => fc.constantFrom(...options),
  unknown: () => safeJson,
  optional: ({ wrapped }) => ofNode(inner(wrapped)),
  nullable: ({ wrapped }) => fc.option(ofNode(inner(wrapped))),
  array: (node) => fc.array(ofNode(inner(node.item)), lengthOf(node, 4)),
  record: () =>
    fc
      .dictionary(fc.string({ maxLength: 8 }), safeJson, { maxKeys: 4, noNullPrototype: true })
      .filter((it) => isSafeJson(it)),
  object: objectOf,
  strict_object: objectOf,
  variant: branches,
  union: branches,
}

function envelope(): fc.Arbitrary<unknown> {
  const { entries = {} } = nodeOf(loggedEvent).pipe?.[0] ?? {}
  return objectOf({ kind: 'schema', type: 'object', entries: { ...entries, event: nodeOf(roomEvent) } })
}

function stringOf(node: SchemaNode): fc.Arbitrary<unknown> {
  const pattern = requirementOf(node, 'regex')
  if (pattern instanceof RegExp) return fc.stringMatching(pattern)
  // Long texts are rare among long limits: most are short, some as long as may be.
  return fc.oneof(
    fc.string({ unit: 'binary', ...lengthOf(node, 20) }),
    fc.string({ unit: 'binary', ...lengthOf(node, 3000) }),
  )
}

function lengthOf(node: SchemaNode, most: number): { minLength: number; maxLength: number } {
  const minLength = numberIn(node, 'min_length') ?? 0
  return { minLength, maxLength: Math.max(minLength, Math.min(mostIn(node) ?? most, most)) }
}

/** Of entries, or of characters: fast-check counts code points too. */
const mostIn = (node: SchemaNode): number | undefined =>
  node.pipe?.find((step) => step.most !== undefined)?.most ?? numberIn(node, 'max_length')

function numberOf(node: SchemaNode): fc.Arbitrary<unknown> {
  const [min, max] = [numberIn(node, 'min_value'), numberIn(node, 'max_value')]
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
  if (hasAction(node, 'integer') || hasAction(node, 'safe_integer'))
    return fc.maxSafeInteger().map((drawn) => fit(drawn, min, max))
  return fc.double({ noNaN: true, noDefaultInfinity: true, ...bounds }).map((drawn) => drawn + 0)
}

/** An integer brought into bounds. */
function fit(drawn: number, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
  return Math.min(Math.max(drawn < min ? min - drawn : drawn, min), max)
}

const inner = (node: SchemaNode | undefined): SchemaNode => {
  if (node === undefined) throw new Error('a schema without its inner schema')
  return node
}

const actionOf = (node: SchemaNode, type: string) =>
  node.pipe?.find((each) => each.kind !== 'schema' && each.type === type)
const hasAction = (node: SchemaNode, type: string): boolean => actionOf(node, type) !== undefined
const requirementOf = (node: SchemaNode, type: string): unknown => actionOf(node, type)?.requirement

function numberIn(node: SchemaNode, type: string): number | undefined {
  const requirement = requirementOf(node, type)
  return typeof requirement === 'number' ? requirement : undefined
}
