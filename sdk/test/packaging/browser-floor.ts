// What the built files need of a browser, held against what the oldest browsers of `browserslist` have.
import bcd, { type BrowserName } from '@mdn/browser-compat-data/forLegacyNode'
import { type ecmaVersion, parse } from 'acorn'
import ts from 'typescript'
import manifest from '../../package.json'

/** The newest syntax that all of them read: https://github.com/tc39/proposals/blob/main/finished-proposals.md */
const SYNTAX: ecmaVersion = 2022

/**
 * The names of browserslist, and those of MDN's data. Phones run the same engines; that they have no screen to capture, and no
 * pop-up to show it in, is asked for at run time.
 */
const BROWSERS = new Map<string, BrowserName | undefined>([
  ['chrome', 'chrome'],
  ['edge', 'edge'],
  ['firefox', 'firefox'],
  ['safari', 'safari'],
  ['ios_saf', undefined],
])

/** The oldest version of each browser that must run what we ship. */
const FLOOR = manifest.browserslist.flatMap((entry): [BrowserName, number][] => {
  const [, name = '', version] = /^(\w+) >= ([\d.]+)$/.exec(entry) ?? []
  if (!BROWSERS.has(name)) throw new Error(`"${entry}" is not understood here`)
  const browser = BROWSERS.get(name)
  return browser === undefined ? [] : [[browser, Number(version)]]
})

/** What files use that a browser of the floor has not, each with its line. `known`: others that they call into. */
export function beyondFloor(files: Files, known: Files = {}): string[] {
  return [...newSyntax(files), ...newNames(files, known)]
}

type Files = Readonly<Record<string, string>>

function newSyntax(files: Files): string[] {
  return Object.entries(files).flatMap(([name, source]) => {
    try {
      parse(source, { ecmaVersion: SYNTAX, sourceType: 'module', allowHashBang: true })
      return []
    } catch (error) {
      return [`${name}: ${error instanceof Error ? error.message : error}`]
    }
  })
}

function newNames(files: Files, known: Files): string[] {
  const program = programOf({ ...known, ...files })
  const sources = Object.keys({ ...known, ...files }).flatMap((name) => program.getSourceFile(name) ?? [])
  const own = new Set(sources.flatMap(membersOf))
  const isTooNew = judge(program.getTypeChecker(), own)
  return sources.flatMap((source) => {
    if (!(source.fileName in files)) return []
    return identifiersOf(source).flatMap((node) => {
      if (!isTooNew(node)) return []
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      return [`${source.fileName}:${line + 1}: ${node.parent.getText().slice(0, 80)}`]
    })
  })
}

function programOf(files: Files): ts.Program {
  const options: ts.CompilerOptions = {
    ...{ allowJs: true, checkJs: true, noEmit: true, noResolve: true, types: [], target: ts.ScriptTarget.ESNext },
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const source = files[name]
    if (source === undefined) return getSourceFile(name, languageVersion, ...rest)
    return ts.createSourceFile(name, source, languageVersion, true)
  }
  return ts.createProgram(Object.keys(files), options, host)
}

function identifiersOf(node: ts.Node): ts.Identifier[] {
  const found: ts.Identifier[] = []
  const visit = (each: ts.Node): void => {
    if (ts.isIdentifier(each)) found.push(each)
    ts.forEachChild(each, visit)
  }
  visit(node)
  return found
}

/** The names of members that a file defines itself. */
function membersOf(source: ts.SourceFile): string[] {
  return identifiersOf(source).flatMap((node) => {
    const { parent } = node
    const isNamed = (ts.isObjectLiteralElement(parent) || ts.isClassElement(parent)) && parent.name === node
    return isNamed || ts.isShorthandPropertyAssignment(parent) ? [node.text] : []
  })
}

/**
 * Whether a name is the browser's, and is not in all browsers of the floor. TypeScript's checker knows on what most members are
 * called. The others go by their name, unless the files define such a member themselves; what is called by `?.()` is asked for.
 */
function judge(checker: ts.TypeChecker, own: ReadonlySet<string>): (node: ts.Identifier) => boolean {
  const isImported = (node: ts.Node): boolean =>
    checker.getSymbolAtLocation(node)?.declarations?.some(({ kind }) => IMPORTS.has(kind)) ?? false
  return (node) => {
    const { parent, text } = node
    const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node
    const used = isMember ? parent : node
    const isCalled = ts.isCallExpression(used.parent) && used.parent.expression === used
    const isGuarded = ts.isTypeOfExpression(used.parent) || (isCalled && used.parent.questionDotToken !== undefined)
    if (isGuarded) return false
    const declared = checker.getSymbolAtLocation(node)?.declarations ?? []
    if (declared.length === 0) {
      if (isMember) {
        return isCalled && !own.has(text) && !isImported(parent.expression) && isMissing(BY_NAME.get(text))
      }
      const isValue = 'expression' in parent && parent.expression === node
      return isValue && isMissing(BY_KEY.get(text))
    }
    if (!declared.every(isOfTheBrowser)) return false
    const features = declared.flatMap((each) => BY_KEY.get(featureOf(each, text)) ?? [])
    return isMissing(features.length > 0 ? features : BY_NAME.get(text))
  }
}

const IMPORTS = new Set([ts.SyntaxKind.NamespaceImport, ts.SyntaxKind.ImportSpecifier, ts.SyntaxKind.ImportClause])

const isOfTheBrowser = (declaration: ts.Declaration): boolean =>
  /[\\/]lib\.[\w.]+\.d\.ts$/.test(declaration.getSourceFile().fileName) &&
  // Options in objects are left out by a browser that does not know them.
  !(ts.isPropertySignature(declaration) && isDictionary(declaration.parent))

/** Dictionaries of Web IDL are never values: nothing is declared under their name. */
const isDictionary = (parent: ts.Node): boolean =>
  ts.isInterfaceDeclaration(parent) && !BY_KEY.has(parent.name.text) && !/Constructor$/.test(parent.name.text)

/** `URL.canParse`, for what TypeScript declares in `URL`, in `URLConstructor` or in `declare var URL: {…}`; else the name alone. */
function featureOf(declaration: ts.Declaration, name: string): string {
  const { parent } = declaration
  if (ts.isInterfaceDeclaration(parent)) return `${parent.name.text.replace(/^Readonly|Constructor$/g, '')}.${name}`
  if (ts.isTypeLiteralNode(parent) && ts.isVariableDeclaration(parent.parent))
    return `${parent.parent.name.getText()}.${name}`
  return name
}

type Support = Readonly<Partial<Record<BrowserName, unknown>>>
type Feature = { readonly __compat?: { readonly support: Support } }

/** The features of MDN's data, by `Interface.member` or by the name of a global, and by their last name alone. */
const BY_KEY = new Map<string, Support[]>()
const BY_NAME = new Map<string, Support[]>()

const { builtins } = bcd.javascript
for (const features of [bcd.api, builtins, builtins?.Intl]) note(features ?? {}, [])

function note(features: object, path: readonly string[]): void {
  for (const [key, feature] of Object.entries(features) as [string, Feature][]) {
    if (key === '__compat') continue
    const names = [...path, key.replace(/_static$/, '')]
    const support = feature.__compat?.support
    if (support) {
      put(BY_KEY, names.join('.'), support)
      if (names.length > 1) put(BY_NAME, names.at(-1) ?? '', support)
    }
    // Below a member stand its options and behaviours, which have no name in code.
    if (path.length === 0) note(feature, [key])
  }
}

function put(index: Map<string, Support[]>, key: string, support: Support): void {
  index.set(key, [...(index.get(key) ?? []), support])
}

/** Whether MDN knows of such features, and a browser of the floor has none of them. */
const isMissing = (features: readonly Support[] = []): boolean =>
  features.length > 0 &&
  !features.some((support) => FLOOR.every(([browser, version]) => has(support[browser], version)))

type Statement = {
  readonly version_added?: string | false | null
  readonly version_removed?: string | false
  readonly flags?: unknown
  readonly prefix?: string
  readonly alternative_name?: string
}

function has(statements: unknown, version: number): boolean {
  return [statements].flat().some((statement) => {
    const { version_added, version_removed, flags, prefix, alternative_name } = (statement ?? {}) as Statement
    if (typeof version_added !== 'string' || flags || prefix || alternative_name) return false
    if (typeof version_removed === 'string' && numberOf(version_removed) <= version) return false
    return numberOf(version_added) <= version
  })
}

/** `≤37` is known to have it from 37 on; `preview` is no version. */
const numberOf = (version: string): number => Number.parseFloat(version.replace('≤', '')) || Number.POSITIVE_INFINITY
