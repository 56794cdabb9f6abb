// What `npm run build` made of the server, loaded the ways its users load it.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const packageRoot = fileURLToPath(new URL('../../', import.meta.url))

/** Loads an entry in a fresh Node process, which must end by itself. */
async function exportsOf(load: string, flags: readonly string[] = []): Promise<{ names: string[]; warnings: string }> {
  const script = `console.log(JSON.stringify(Object.keys(${load}).filter((name) => name !== 'default').sort()))`
  const type = load.startsWith('await') ? 'module' : 'commonjs'
  const node = [...flags, `--input-type=${type}`, '--eval', script]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, node, { cwd: packageRoot })
  return { names: JSON.parse(stdout), warnings: stderr }
}

// Some dependencies are ES modules only, which Node 22.0 to 22.11 does not require.
test.each(['@peerstage/server', '@peerstage/server/tokens', '@peerstage/server/testing'])(
  '%s loads by import and by require alike',
  async (entry) => {
    const imported = await exportsOf(`await import('${entry}')`)
    const required = await exportsOf(`require('${entry}')`, ['--no-experimental-require-module'])
    expect(imported.names).not.toHaveLength(0)
    expect(required).toEqual(imported)
    expect(imported.warnings).toBe('')
  },
)

test.each(["await import('@peerstage/server')", "require('@peerstage/server')"])(
  'SQLite is loaded when a log on disk is opened, and not before: %s',
  async (load) => {
    const script = `
      const { sqliteLog } = ${load}
      const { _cache } = ${load.startsWith('await') ? "(await import('node:module')).default" : "require('node:module')"}
      const { getBuiltinModule } = process
      let isAsked = false
      process.getBuiltinModule = (name) => {
        isAsked ||= name === 'node:sqlite'
        return getBuiltinModule(name)
      }
      const isLoaded = () => isAsked || Object.keys(_cache).some((file) => file.includes('better-sqlite3'))
      const before = isLoaded()
      sqliteLog(':memory:').close().then(() => console.log(before, isLoaded()))`
    const type = load.startsWith('await') ? 'module' : 'commonjs'
    const node = [`--input-type=${type}`, '--eval', script]
    const said = await promisify(execFile)(process.execPath, node, { cwd: packageRoot })
    expect(said).toEqual({ stdout: 'false true\n', stderr: '' })
  },
)

test('the protocol is written inside: neither code nor types ask for the sdk', async () => {
  const files = (await readdir(`${packageRoot}dist`)).filter((file) => /\.(c?js|d\.c?ts)$/.test(file))
  expect(files).toEqual(
    expect.arrayContaining(['cli.js', 'index.cjs', 'index.d.cts', 'index.d.ts', 'index.js', 'tokens.js']),
  )
  for (const file of files) {
    const source = await readFile(`${packageRoot}dist/${file}`, 'utf8')
    expect(source, file).not.toMatch(/(from|require\(|import)\s*\(?['"]@peerstage\/sdk/)
  }
})

test('the types ask only for types that npm installs with the package', async () => {
  const { dependencies } = JSON.parse(await readFile(`${packageRoot}package.json`, 'utf8'))
  // ws has no types of its own; @types/ws stays with those who build the server.
  const typed = Object.keys(dependencies).filter((name) => name !== 'ws')
  for (const file of (await readdir(`${packageRoot}dist`)).filter((name) => /\.d\.c?ts$/.test(name))) {
    // Without doc comments: their examples import what an app has.
    const source = (await readFile(`${packageRoot}dist/${file}`, 'utf8')).replace(/\/\*\*[\s\S]*?\*\//g, '')
    const asked = [...source.matchAll(/(?:from|import\()\s*['"]([^.'"\s][^'"\s]*)['"]/g)].map(([, name]) => name ?? '')
    expect(typed, file).toEqual(expect.arrayContaining(asked.filter((name) => !isBuiltin(name))))
  }
})

test.each([
  ["import('@peerstage/server')", "import('@peerstage/server/testing')"],
  ["require('@peerstage/server')", "require('@peerstage/server/testing')"],
])('the test server is the server of the main entry, loaded when it is asked for only: %s', async (main, testing) => {
  const script = `
    void (async () => {
      const { ConfigError } = await ${main}
      const { createTestServer } = await ${testing}
      const error = await createTestServer({ auth: { secret: 'short' } }).catch((thrown) => thrown)
      console.log(error instanceof ConfigError)
    })()`
  const node = ['--input-type=commonjs', '--eval', script]
  expect((await promisify(execFile)(process.execPath, node, { cwd: packageRoot })).stdout).toBe('true\n')
  for (const name of await filesBehind('index')) {
    expect(await readFile(`${packageRoot}dist/${name}`, 'utf8'), name).not.toContain('createTestServer')
  }
})

/** An entry's files in both formats, and what they load of their own package. */
async function filesBehind(entry: string): Promise<string[]> {
  const files = new Set([`${entry}.js`, `${entry}.cjs`])
  for (const file of files) {
    const source = await readFile(`${packageRoot}dist/${file}`, 'utf8')
    for (const [, name = ''] of source.matchAll(/(?:from|import|require\()\s*["']\.\/([^"']+)["']/g)) files.add(name)
  }
  return [...files]
}

test('the words of the licenses are there of all that is written inside', async () => {
  const licenses = await readFile(`${packageRoot}dist/third-party-licenses.txt`, 'utf8')
  const { sources } = JSON.parse(await readFile(`${packageRoot}dist/index.cjs.map`, 'utf8'))
  const inside = sources.flatMap((path: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  expect(new Set(inside)).toEqual(new Set(['jose', 'nanoid']))
  for (const name of inside) expect(licenses).toContain(`${name}\n\nThe MIT License (MIT)\n\nCopyright`)
})

test('the demo is in the package', async () => {
  const demo = await readdir(`${packageRoot}dist/demo`)
  expect(demo).toEqual(expect.arrayContaining(['index.html', 'peerstage.js']))
})
