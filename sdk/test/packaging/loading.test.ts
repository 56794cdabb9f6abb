// What `npm run build` made of the sdk, loaded the ways its users load it.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { expect, test } from 'vitest'

const packageRoot = fileURLToPath(new URL('../../', import.meta.url))

/** Loads an entry in a fresh Node process. Answers with its exports and the globals that came or went meanwhile. */
async function loadInNode(load: string): Promise<{ exports: string[]; globals: string[]; warnings: string }> {
  const script = `
    const before = Object.getOwnPropertyNames(globalThis)
    const loaded = ${load}
    const after = Object.getOwnPropertyNames(globalThis)
    const globals = [...before.filter((name) => !after.includes(name)), ...after.filter((name) => !before.includes(name))]
    console.log(JSON.stringify({ exports: Object.keys(loaded).sort(), globals }))`
  const type = load.startsWith('await') ? 'module' : 'commonjs'
  const node = [`--input-type=${type}`, '--eval', script]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, node, { cwd: packageRoot })
  return { ...JSON.parse(stdout), warnings: stderr }
}

test.each(['@peerstage/sdk', '@peerstage/sdk/protocol'])(
  '%s loads by import and by require alike, and touches no global',
  async (entry) => {
    const imported = await loadInNode(`await import('${entry}')`)
    const required = await loadInNode(`require('${entry}')`)
    expect(imported.exports).not.toHaveLength(0)
    expect(required.exports).toEqual(imported.exports)
    for (const { globals, warnings } of [imported, required]) {
      expect(globals).toEqual([])
      expect(warnings).toBe('')
    }
  },
)

test('the script tag gives one global with all that npm gives, without process, global or Buffer', async () => {
  const script = await readFile(`${packageRoot}dist/peerstage.js`, 'utf8')
  // A bare realm: the language, and of the web platform only what every page and worker has.
  const page = createContext({ TextEncoder, TextDecoder, URL, AbortController, EventTarget, crypto, queueMicrotask })
  const before = Object.getOwnPropertyNames(page)
  runInContext(script, page)
  const added = Object.getOwnPropertyNames(page).filter((name) => !before.includes(name))
  expect(added).toEqual(['Peerstage'])
  const { exports } = await loadInNode(`await import('@peerstage/sdk')`)
  expect(Object.keys(page.Peerstage).sort()).toEqual(exports)
})

test('names that the script file shortens are those of simple-peer alone: nothing of ours begins with a `_`', async () => {
  for (const folder of ['src', 'dist']) {
    const files = await readdir(`${packageRoot}${folder}`, { recursive: true })
    const read = files.filter((file) => (folder === 'src' ? /\.ts$/ : /\.d\.c?ts$/).test(file))
    expect(read).not.toHaveLength(0)
    for (const file of read) {
      expect((await readFile(`${packageRoot}${folder}/${file}`, 'utf8')).match(/\b_[a-z]\w*/g), file).toBeNull()
    }
  }
})

test('what npm would publish is the build', async () => {
  const shell = process.platform === 'win32'
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd: packageRoot, shell })
  const [{ files }] = JSON.parse(stdout)
  const paths: string[] = files.map((file: { path: string }) => file.path)
  expect(paths).toEqual(
    expect.arrayContaining([
      ...['dist/index.js', 'dist/index.cjs', 'dist/index.d.ts', 'dist/peerstage.js'],
      'dist/third-party-licenses.txt',
    ]),
  )
  expect(paths.filter((path) => !/^(dist\/|package\.json$|LICENSE$|README\.md$)/.test(path))).toEqual([])
})

test('code and types ask only for what npm installs with the package', async () => {
  const { dependencies } = JSON.parse(await readFile(`${packageRoot}package.json`, 'utf8'))
  const files = await readdir(`${packageRoot}dist`, { recursive: true })
  const read = files.filter((file) => /\.(c?js|d\.c?ts)$/.test(file) && file !== 'peerstage.js')
  expect(read).toEqual(expect.arrayContaining(['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts']))
  for (const file of read) {
    // Without doc comments: their examples import what an app has.
    const source = (await readFile(`${packageRoot}dist/${file}`, 'utf8')).replace(/\/\*\*[\s\S]*?\*\//g, '')
    const asked = [...source.matchAll(/(?:from|require\(|import\(|import)\s*['"]([^.'"\s][^'"\s]*)['"]/g)].map(
      ([, name]) => name,
    )
    expect(Object.keys(dependencies), file).toEqual(expect.arrayContaining(asked))
  }
})
