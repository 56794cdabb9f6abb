import ts from 'typescript'
import type { Page } from './pages'

/** What apps import, as the sources have it. */
const ENTRIES = [
  'sdk/src/index.ts',
  'sdk/src/protocol/index.ts',
  'server/src/index.ts',
  'server/src/auth/sign-token.ts',
  'server/src/testing/index.ts',
]

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
}

type Export = { readonly path: string; readonly name: string; readonly isCalled: boolean; readonly examples: string[] }

/** Functions and classes that apps import and whose doc comment shows no use of them. */
export function missingExamples(entries: readonly string[] = ENTRIES): string[] {
  return exportsOf(entries)
    .filter(({ isCalled, examples }) => isCalled && examples.length === 0)
    .map(({ path, name }) => `${path}: ${name} has no @example.`)
}

/** The examples of all that apps import, types too, as pages: their snippets have to compile like those of the docs. */
export function examplePages(entries: readonly string[] = ENTRIES): Page[] {
  return exportsOf(entries).flatMap(({ path, name, examples }) =>
    examples.map((text) => ({ path: `${path}, example of ${name}`, text })),
  )
}

function exportsOf(entries: readonly string[]): Export[] {
  const program = ts.createProgram([...entries], OPTIONS)
  const checker = program.getTypeChecker()
  return entries.flatMap((path) => {
    const file = program.getSourceFile(path)
    const module = file && checker.getSymbolAtLocation(file)
    if (module === undefined) throw new Error(`${path} exports nothing.`)
    return checker.getExportsOfModule(module).map((symbol) => describe(path, symbol, checker))
  })
}

function describe(path: string, symbol: ts.Symbol, checker: ts.TypeChecker): Export {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const examples = target
    .getJsDocTags(checker)
    .filter(({ name }) => name === 'example')
    .map(({ text }) => ts.displayPartsToString(text))
  return { path, name: symbol.name, isCalled: isCalled(target, checker), examples }
}

function isCalled(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  if (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) return true
  return (
    (symbol.flags & ts.SymbolFlags.Variable) !== 0 && checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0
  )
}
