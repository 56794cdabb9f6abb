import { createHash } from 'node:crypto'
import type { SchemaNode } from './schema-node'

/** A schema in words that change when, and only when, what it lets pass changes; but for functions. */
export function describeSchema(node: SchemaNode): unknown {
  const { type, entries, wrapped, item, value, literal, options, pipe } = node
  return [
    type,
    entries &&
      Object.keys(entries)
        .sort()
        .map((key) => [key, entries[key] && describeSchema(entries[key])]),
    wrapped && describeSchema(wrapped),
    item && describeSchema(item),
    value && describeSchema(value),
    literal,
    options?.map((option) => (isNode(option) ? describeSchema(option) : option)),
    // The first of a pipe is the schema that has just been described.
    pipe?.slice(1).map(describeStep),
  ].filter((part) => part !== undefined)
}

function describeStep(step: SchemaNode): unknown {
  if (step.kind === 'schema') return describeSchema(step)
  if (step.most !== undefined) return ['characters', step.most]
  return typeof step.requirement === 'function' ? step.type : [step.type, String(step.requirement)]
}

const isNode = (option: unknown): option is SchemaNode => typeof option === 'object' && option !== null

/** Short enough to read, long enough to differ. */
export const fingerprintOf = (described: unknown): string =>
  createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16)
