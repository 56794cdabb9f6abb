import type * as v from 'valibot'

/** A valibot schema or pipe action as these tests walk it: the plain data that it is made of. */
export type SchemaNode = {
  readonly kind: string
  readonly type: string
  readonly entries?: Readonly<Record<string, SchemaNode>>
  readonly wrapped?: SchemaNode
  /** Of what is optional. */
  readonly default?: unknown
  readonly item?: SchemaNode
  readonly value?: SchemaNode
  readonly literal?: unknown
  readonly options?: readonly unknown[]
  readonly pipe?: readonly SchemaNode[]
  readonly requirement?: unknown
  /** Of a bound on characters. */
  readonly most?: number
}

export const nodeOf = (schema: v.GenericSchema<unknown, unknown>): SchemaNode => schema as unknown as SchemaNode

/** The options of a variant or union. */
export const branchesOf = (node: SchemaNode): SchemaNode[] => (node.options ?? []) as SchemaNode[]

/** The messages that a union holds, nested ones too. */
export function messagesIn(node: SchemaNode): SchemaNode[] {
  return branchesOf(node).flatMap((each) => (each.type === 'variant' ? messagesIn(each) : [each]))
}

/** What a message is called: its `type`, and its `ok` where one type has two shapes. */
export function nameOf(message: SchemaNode): string {
  const { type, ok } = message.entries ?? {}
  return [type?.literal, ok?.literal].filter((part) => part !== undefined).join(' ')
}
