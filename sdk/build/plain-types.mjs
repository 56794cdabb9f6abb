// node plain-types.mjs <folder with declarations>
// Writes out what a schema gives, `v.InferOutput<typeof chatMessage>`, as the type that it is: an editor then shows its fields and
// not how it is computed, and an app's compiler has less to do. Run by `npm run build` of both packages, after tsup.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const [folder = 'dist'] = process.argv.slice(2)
const COMPUTED = /\bInfer(?:Output|Input)</

const paths = readdirSync(folder, { recursive: true })
  .filter((name) => /\.d\.c?ts$/.test(name))
  .map((name) => join(folder, name))
const program = ts.createProgram(paths, {
  ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, noEmit: true },
  ...{
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
  },
})
const checker = program.getTypeChecker()
const printer = ts.createPrinter({ removeComments: true })
const FLAGS = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.InTypeAlias

for (const path of paths) {
  const before = readFileSync(path, 'utf8')
  if (COMPUTED.test(before)) writeFileSync(path, writtenOut(path, before))
}

/** The text of a file with each computed type replaced, from its end to its start. */
function writtenOut(path, before) {
  const file = program.getSourceFile(path)
  return computedIn(file).reduceRight((text, node) => {
    const type = checker.typeToTypeNode(checker.getTypeFromTypeNode(node), node, FLAGS)
    if (type === undefined) throw new Error(`${path}: ${node.getText()} has no type that can be written`)
    return (
      text.slice(0, node.getStart()) + printer.printNode(ts.EmitHint.Unspecified, type, file) + text.slice(node.end)
    )
  }, before)
}

/** Types that are computed from a schema, the outermost of each, in the order of the file. */
function computedIn(file) {
  const found = []
  const visit = (node) => {
    if (ts.isTypeReferenceNode(node) && COMPUTED.test(`${node.typeName.getText()}<`)) found.push(node)
    else ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
