// The packed server, installed into an empty folder, and run by the name of its command.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, installedProject, npm, packed } from '../../../sdk/test/packaging/npm'
import { run, serve } from '../../../sdk/test/packaging/program'

const installedServer = async (): Promise<string> => installedProject(await packed('server', await emptyFolder()))

test('the command tells of itself, and serves with a demo', async () => {
  const folder = await installedServer()
  const command = ['exec', '--no', '--', 'peerstage-server']
  expect(await npm(folder, [...command, '--help'])).toContain('--port')
  const installed = join(folder, 'node_modules', '@peerstage', 'server')
  const { bin, version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  // By either name, and by that of the package: `npx @peerstage/server` takes a command only where there is no other.
  for (const name of ['peerstage-server', 'peerstage', '@peerstage/server'])
    expect((await npm(folder, ['exec', '--no', '--', name, '--version'])).trim()).toBe(version)
  const url = await serve(folder, [join(installed, bin['peerstage-server']), '--port', '0', '--json', '--dev'])
  expect(await (await fetch(url)).text()).toContain('peerstage.js')
  expect(await (await fetch(new URL('/peerstage.js', url))).text()).toContain('Peerstage')
})

test('nothing of the sdk comes with the server, neither installed nor inside', async () => {
  const folder = await installedServer()
  expect(await readdir(join(folder, 'node_modules', '@peerstage'))).toEqual(['server'])
  const packages = await readdir(join(folder, 'node_modules'))
  expect(packages.filter((name) => ['simple-peer', 'eventemitter3', 'react', 'vite'].includes(name))).toEqual([])
  const dist = join(folder, 'node_modules', '@peerstage', 'server', 'dist')
  for (const file of (await readdir(dist)).filter((name) => /\.c?js$/.test(name))) {
    const code = await readFile(join(dist, file), 'utf8')
    const browser = [/RTCPeerConnection/, /getUserMedia/, /new WebSocket\(/, /\bwindow\.\w/, /\bdocument\.\w/].filter(
      (word) => word.test(code),
    )
    expect({ file, browser }).toEqual({ file, browser: [] })
  }
})

test('nothing that is installed with the server is compiled, or runs a script of its own', async () => {
  const folder = await installedServer()
  const { packages } = JSON.parse(await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8'))
  expect(Object.keys(packages)).toContain('node_modules/@peerstage/server')
  expect(Object.keys(packages).filter((name) => packages[name].hasInstallScript)).toEqual([])
})

test('tokens alone load neither sockets nor a web server', async () => {
  const folder = await installedServer()
  const loaded = `
    const { signToken } = require('@peerstage/server/tokens')
    console.log(typeof signToken, Object.keys(require.cache).some((file) => /[\\\\/](ws|hono|pino)[\\\\/]/.test(file)))`
  expect(await run(folder, ['--eval', loaded])).toEqual({ stdout: 'function false\n', stderr: '' })
})
