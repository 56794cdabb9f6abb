// The packages as npm would publish them, installed where nothing of this repository is near.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error']

/** A folder outside of the repository, which is gone when the test has ended. */
export async function emptyFolder(): Promise<string> {
  // Its real path: where the temporary folder is a link, bundlers tell of files by another name than they were given.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'peerstage-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** A package of this repository as a tarball in the folder. Answers with its path. */
export async function packed(name: 'sdk' | 'server', folder: string): Promise<string> {
  const said = await npm(repository, ['pack', '--workspace', name, '--pack-destination', folder, '--json'])
  const [{ filename }] = JSON.parse(said)
  return join(folder, filename)
}

/** Installs tarballs and packages from the registry into a folder. */
export async function install(folder: string, ...packages: string[]): Promise<void> {
  await npm(folder, ['install', '--no-save', ...QUIET, ...packages])
}

/** An app of `apps`, copied to an empty folder, with what its lockfile names and the sdk. */
export async function installedApp(name: string): Promise<string> {
  const folder = await emptyFolder()
  await cp(fileURLToPath(new URL(`./apps/${name}/`, import.meta.url)), folder, { recursive: true })
  await cp(fileURLToPath(new URL('./apps/visit.js', import.meta.url)), join(folder, 'visit.js'))
  await npm(folder, ['ci', ...QUIET])
  await install(folder, await packed('sdk', folder))
  return folder
}

/** A project with nothing in it but the packages. */
export async function installedProject(...packages: string[]): Promise<string> {
  const folder = await emptyFolder()
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  await install(folder, ...packages)
  return folder
}

/** Runs npm, and answers with what it printed. */
export async function npm(folder: string, args: string[]): Promise<string> {
  // npm says where it is to what it runs. Without it, npm on Windows is a script that only a shell can start.
  const own = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined
  const [command, first] = own ? [process.execPath, [own]] : ['npm', []]
  const shell = own === undefined && process.platform === 'win32'
  const { stdout } = await promisify(execFile)(command, [...first, ...args], { cwd: folder, shell })
  return stdout
}
