import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'
import { type Page, pages } from './pages'

const NAMES = 'docs/build/snippet-names.d.ts'
const FENCE = /^( *)```(\w+)\n([\s\S]*?)^ *```$/gm
const INLINE_SCRIPT = /<script(?! src)[^>]*>([\s\S]*?)<\/script>/g
const ELEMENT = /<(\w+)[^>]*\bid="(\w+)"/g

/** A snippet as a module beside its page. */
type Snippet = { readonly path: string; readonly line: number; readonly code: string }

/**
 * Compiles every `ts` block of the pages, and the scripts of `html` blocks, against the packages as an app gets them: their
 * built types, found by their `exports`, under the strictest settings. Needs a build.
 */
export function brokenSnippets(of: readonly Page[] = pages()): string[] {
  if (!existsSync('sdk/dist/index.d.ts') || !existsSync('server/dist/index.d.ts')) {
    return ['The snippets need the packages: run `npm run build` first.']
  }
  const snippets = new Map(snippetsOf(of).map((snippet, i) => [resolve(`docs/snippet-${i}.ts`), snippet]))
  const program = ts.createProgram([...snippets.keys(), resolve(NAMES)], OPTIONS, hostOf(snippets))
  return ts.getPreEmitDiagnostics(program).flatMap((problem) => sentenceOf(problem, snippets))
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
}

function snippetsOf(of: readonly Page[]): Snippet[] {
  return of.flatMap(({ path, text }) =>
    [...text.matchAll(FENCE)].flatMap(({ 2: language, 3: code = '', index }) => {
      const line = text.slice(0, index).split('\n').length + 1
      if (language === 'ts') return [{ path, line, code }]
      return language === 'html' ? scriptsIn(code).map((script) => ({ path, line, code: script })) : []
    }),
  )
}

/** The scripts of a page, with the elements that they find by id as browsers give them: as globals. */
function scriptsIn(html: string): string[] {
  const elements = [...html.matchAll(ELEMENT)].map(
    ([, tag = '', id]) => `declare const ${id}: HTMLElementTagNameMap['${tag.toLowerCase()}']`,
  )
  return [...html.matchAll(INLINE_SCRIPT)].map(([, script = '']) => [elements.join(';'), script].join(';'))
}

function hostOf(snippets: ReadonlyMap<string, Snippet>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS)
  const { fileExists, getSourceFile } = host
  host.fileExists = (path) => snippets.has(resolve(path)) || fileExists(path)
  host.getSourceFile = (path, target, ...rest) => {
    const snippet = snippets.get(resolve(path))
    return snippet ? ts.createSourceFile(path, snippet.code, target, true) : getSourceFile(path, target, ...rest)
  }
  return host
}

function sentenceOf({ file, start = 0, messageText }: ts.Diagnostic, snippets: ReadonlyMap<string, Snippet>): string {
  const words = ts.flattenDiagnosticMessageText(messageText, ' ')
  const snippet = file && snippets.get(resolve(file.fileName))
  if (snippet === undefined) return `${file?.fileName ?? NAMES}: ${words}`
  const line = snippet.line + (file?.getLineAndCharacterOfPosition(start).line ?? 0)
  return `${snippet.path}:${line}: ${words}`
}
