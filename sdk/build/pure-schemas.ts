import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * Marks each call that makes a schema as one without effects, so that a bundler drops the schemas that an app does not use.
 * valibot marks its functions, but webpack and esbuild do not read that mark across files.
 */
export const pureSchemas: Plugin = {
  name: 'pure-schemas',
  setup(build) {
    build.onLoad({ filter: /[\\/]sdk[\\/]src[\\/]protocol[\\/][\w-]+\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(SCHEMA_CALL, '/* @__PURE__ */ $&'),
      loader: 'ts',
    }))
  },
}

/** `v.object(`, `strict(`, `limit(`, `maxCharacters(`, and what gathers the parts of all slices; but neither types, as `v.InferOutput<`, nor the declaration of `strict` itself. */
const SCHEMA_CALL =
  /(?<!function )\b(?:v\.[a-z]\w*|strict|limit|maxBytes|maxCharacters|roomSchemas|sessionSchemas|castSchemas|passedOnSchemas|roomEntries|roomStart|eventSchemas|foldsByType)(?=\()/g
