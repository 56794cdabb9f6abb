import * as chat from '../../sdk/src/protocol/chat'
import * as data from '../../sdk/src/protocol/data'
import { MAX_JSON_DEPTH } from '../../sdk/src/protocol/json'
import { DEFAULT_LIMITS } from '../../sdk/src/protocol/limits'
import * as reaction from '../../sdk/src/protocol/reactions'
import { branchesOf, nodeOf, type SchemaNode } from '../../sdk/test/harness/schema-node'
import { entryNamed } from './schema-catalog'

/** Shapes that have a section of their own on the page; elsewhere their name links to it. `limits` has its own further down. */
export const SHARED = [
  'room',
  'participant',
  'edge',
  'sourceState',
  'sourceStates',
  'sourceChange',
  'mode',
  'chatMessage',
  'chatHistoryResult',
  'banListResult',
  'stageRequest',
  'stageInvitation',
  'loggedEvent',
  'signalBody',
  'epoch',
  'cast',
  'rejection',
  'iceServer',
  'limits',
] as const

/** Scalars, explained in one table. */
export const SCALARS = [
  'roomId',
  'instanceId',
  'participantId',
  'messageId',
  'banId',
  'commandId',
  'sessionKey',
  'joinId',
  'seq',
  'timestamp',
  'role',
  'source',
  'modeName',
  'presence',
  'goodbyeCode',
  'rejectionCode',
] as const

const LINKED: ReadonlyMap<SchemaNode, string> = new Map([
  ...SHARED.map((name) => [entryNamed(name).node, `[${name}](#${name.toLowerCase()})`] as const),
  ...SCALARS.map((name) => [entryNamed(name).node, `[${name}](#words-and-numbers)`] as const),
])

const bytes = (count: number) => `at most ${count} bytes of UTF-8`

/** What a `check` asks is a function: its words stand here. A check without words fails the build of the page. */
const CHECKS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [nodeOf(chat.chatSend.entries.text), bytes(DEFAULT_LIMITS.maxChatBytes)],
  [
    nodeOf(data.dataCast.entries.value),
    `at most ${MAX_JSON_DEPTH} levels deep, without the keys \`__proto__\`, \`constructor\` and \`prototype\``,
  ],
  ...signalTexts(),
])

function signalTexts(): [SchemaNode, string][] {
  const branches = branchesOf(entryNamed('signalBody').node)
  return branches.flatMap(({ entries = {} }) => [
    ...(entries.sdp ? [[entries.sdp, bytes(DEFAULT_LIMITS.maxSdpBytes)] as [SchemaNode, string]] : []),
    ...(entries.candidate
      ? [[entries.candidate, bytes(DEFAULT_LIMITS.maxCandidateBytes)] as [SchemaNode, string]]
      : []),
  ])
}

/** A schema's type as a reader of TypeScript would write it, and what else it asks. Markdown, for a table cell. */
export function typeText(node: SchemaNode, isOwnSection = false): string {
  const link = isOwnSection ? undefined : linkOf(node)
  if (link !== undefined) return link
  const base = baseText(node)
  const rules = rulesOf(node)
  return rules.length === 0 ? base : `${base}, ${rules.join(', ')}`
}

function linkOf(node: SchemaNode): string | undefined {
  const own = LINKED.get(node)
  if (own !== undefined || node.entries === undefined) return own
  // The same entries under another wrapper: strict upward, loose downward.
  const twin = [...LINKED].find(([shared]) => sameEntries(shared.entries, node.entries))
  return twin?.[1]
}

function sameEntries(a: SchemaNode['entries'], b: SchemaNode['entries']): boolean {
  if (a === undefined || b === undefined) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

function baseText(node: SchemaNode): string {
  const { type, literal, options = [], wrapped, item, entries } = node
  switch (type) {
    case 'literal':
      return `\`${JSON.stringify(literal)}\``
    case 'picklist':
      return options.map((option) => `\`${JSON.stringify(option)}\``).join(' or ')
    case 'optional':
      return typeText(inner(wrapped))
    case 'nullable':
      return `${typeText(inner(wrapped))}, or \`null\``
    case 'array':
      return `list of ${typeText(inner(item))}`
    case 'union':
    case 'variant':
      return branchesOf(node)
        .map((branch) => typeText(branch))
        .join(' or ')
    case 'object':
    case 'strict_object':
      return `{ ${fieldsOf(entries).join(', ')} }`
    case 'loose_object':
    case 'record':
      return 'object'
    case 'unknown':
      return 'any JSON'
    case 'string':
    case 'number':
    case 'boolean':
      return type
    default:
      throw new Error(`No words for a schema of type ${type}.`)
  }
}

const fieldsOf = (entries: SchemaNode['entries'] = {}): string[] =>
  Object.entries(entries).map(([name, field]) => `${name}${isOptional(field) ? '?' : ''}: ${typeText(field)}`)

export const isOptional = (node: SchemaNode): boolean => node.type === 'optional'

function rulesOf(node: SchemaNode): string[] {
  if (node === nodeOf(reaction.reactionCast.entries.emoji)) return ['an emoji of at most 16 characters']
  const subject = node.type === 'array' ? 'entries' : 'characters'
  return (node.pipe ?? []).slice(1).flatMap(({ type, requirement, most }): string[] => {
    switch (type) {
      case 'min_length':
        return [`at least ${String(requirement)} ${subject}`]
      case 'max_length':
        return [`at most ${String(requirement)} ${subject}`]
      case 'min_value':
        return [`at least ${String(requirement)}`]
      case 'max_value':
        return [`at most ${String(requirement)}`]
      case 'regex':
        return [`\`${String(requirement)}\``]
      case 'integer':
      case 'safe_integer':
        return ['whole']
      case 'finite':
      case 'transform':
        return []
      case 'check':
        return [most === undefined ? wordsOfCheck(node) : `at most ${most} characters`]
      default:
        throw new Error(`No words for a schema's step ${type}.`)
    }
  })
}

function wordsOfCheck(node: SchemaNode): string {
  const words = CHECKS.get(node)
  if (words === undefined) throw new Error('A check of the protocol has no words in schema-text.ts.')
  return words
}

function inner(node: SchemaNode | undefined): SchemaNode {
  if (node === undefined) throw new Error('A schema without its inner schema.')
  return node
}
