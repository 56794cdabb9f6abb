// What an editor shows of our types: their fields, and not how they are computed.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

test.each(['sdk', 'server'])('no declaration of %s computes a type from a schema', async (name) => {
  const folder = path(`../../../${name}/dist`)
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.d\.c?ts$/.test(file))
  expect(files).toEqual(expect.arrayContaining(['index.d.ts', 'index.d.cts']))
  for (const file of files) expect(await readFile(join(folder, file), 'utf8'), file).not.toMatch(/\bInfer(Out|In)put\b/)
})

/** The text that an editor shows at the last place of a name in a file. */
function hoverOn(name: string, source: string): string {
  const file = path('./hovered.ts')
  const options = { strict: true, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext }
  const service = ts.createLanguageService({
    readFile: ts.sys.readFile,
    fileExists: (each) => each === file || ts.sys.fileExists(each),
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (each) => {
      const text = each === file ? source : ts.sys.readFile(each)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => path('./'),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  })
  const shown = service.getQuickInfoAtPosition(file, source.lastIndexOf(name))
  return ts.displayPartsToString(shown?.displayParts)
}

test.each([
  ['ChatMessage', '@peerstage/sdk', ['id: string', 'participantId: string', 'text: string', 'at: number']],
  ['StageRequest', '@peerstage/sdk', ['participantId: string', 'at: number']],
  ['Mode', '@peerstage/sdk', ['maxOnStage: number']],
  ['ParticipantView', '@peerstage/sdk', ['readonly name: string', 'readonly isOnStage: boolean']],
  ['Goodbye', '@peerstage/sdk/protocol', ['code: ', 'reason: string', 'retryable: boolean']],
  ['Room', '@peerstage/sdk/protocol', ['instance: string', 'locked: boolean']],
])('hovering over %s of %s shows its fields', (name, from, fields) => {
  const shown = hoverOn(name, `import type { ${name} } from '${from}'\nexport type Here = ${name}`)
  for (const field of fields) expect(shown).toContain(field)
})
