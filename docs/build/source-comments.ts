import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** What a declaration's doc comment says, and those of its members: entries of a schema, or members of a type. */
export type Commented = {
  readonly text: string
  readonly members: ReadonlyMap<string, Member>
}
export type Member = {
  readonly text: string
  /** The member's type or value as it stands in the source. */
  readonly source: string
  /** Whether a type may be without it. */
  readonly isOptional: boolean
}

/** The top-level consts and types of a file, by name. Read from the source: a comment lives in no build. */
export function commentsOf(path: string): ReadonlyMap<string, Commented> {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)
  const found = new Map<string, Commented>()
  for (const statement of file.statements) {
    const name = nameOf(statement)
    if (name !== undefined) found.set(name, { text: commentOn(statement), members: membersOf(statement) })
  }
  return found
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isTypeAliasDeclaration(statement)) return statement.name.text
  if (!ts.isVariableStatement(statement)) return undefined
  const [first] = statement.declarationList.declarations
  return first !== undefined && ts.isIdentifier(first.name) ? first.name.text : undefined
}

function membersOf(declaration: ts.Node): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>()
  for (const each of firstRecord(declaration)?.forEachMember() ?? []) members.set(each.name, each)
  return members
}

type Record = { forEachMember(): (Member & { readonly name: string })[] }

/** The outermost object literal or type literal in a declaration. */
function firstRecord(node: ts.Node): Record | undefined {
  if (ts.isObjectLiteralExpression(node)) return { forEachMember: () => node.properties.flatMap(asMember) }
  if (ts.isTypeLiteralNode(node)) return { forEachMember: () => node.members.flatMap(asMember) }
  return ts.forEachChild(node, firstRecord)
}

function asMember(node: ts.ObjectLiteralElementLike | ts.TypeElement): (Member & { name: string })[] {
  const { name } = node
  if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) return []
  const source = ts.isPropertySignature(node) ? (node.type?.getText() ?? '') : ''
  const isOptional = ts.isPropertySignature(node) && node.questionToken !== undefined
  return [{ name: name.text, text: commentOn(node), source, isOptional }]
}

/** The words of a doc comment on one line, without its tags. */
function commentOn(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1)
  const words = ts.getTextOfJSDocComment(comment?.comment) ?? ''
  return words
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim()
}
