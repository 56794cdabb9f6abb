// Both packed packages in Node, as an ES module and as CommonJS, under each Node that they promise to run on.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { emptyFolder, install, installedProject, packed } from './npm'
import { run } from './program'

/** npm has Node itself, for Linux in all versions. The lowest is what `engines` says; 22.0 does not `require` ES modules. */
const OTHER_NODES = process.platform === 'linux' ? ['20.19.0', '22.0.0', '22.23.3', '24.21.0'] : []

async function installedTalk(): Promise<string> {
  const tarballs = await emptyFolder()
  const folder = await installedProject(await packed('sdk', tarballs), await packed('server', tarballs))
  await cp(fileURLToPath(new URL('./apps/node/', import.meta.url)), folder, { recursive: true })
  return folder
}

/** The path of another Node. */
async function installedNode(version: string): Promise<string> {
  const name = `node-linux-${process.arch}`
  const folder = await emptyFolder()
  await install(folder, `${name}@${version}`)
  return join(folder, 'node_modules', name, 'bin', 'node')
}

test.each(['this', ...OTHER_NODES])(
  'a server and two clients talk on %s Node and end without a word, and so does the command',
  async (which) => {
    const node = which === 'this' ? process.execPath : await installedNode(which)
    const major = (await run('.', ['--print', 'process.versions.node.split(".")[0]'], { node })).stdout
    const folder = await installedTalk()
    for (const program of ['esm.mjs', 'cjs.cjs']) {
      expect(await run(folder, [program], { node })).toEqual({ stdout: `hello on Node ${major}`, stderr: '' })
    }
    const command = join('node_modules', '@peerstage', 'server', 'dist', 'cli.js')
    const version = { stdout: expect.stringMatching(/^\d+\.\d+\.\d+/), stderr: '' }
    expect(await run(folder, [command, '--version'], { node })).toEqual(version)
  },
)
