// What a release writes, in a copy of the files that it reads. Nothing is asked of the registry, and nothing is published.
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { emptyFolder, npm } from './npm'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const PACKAGES = ['sdk', 'server']
const MANIFEST = 'package.json'
const LOCKFILE = 'package-lock.json'

type Manifest = {
  readonly version: string
  readonly repository?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
type Lockfile = { readonly packages: Readonly<Record<string, { readonly version?: string; readonly link?: boolean }>> }

const read = async <Content>(folder: string, file: string): Promise<Content> =>
  JSON.parse(await readFile(join(folder, file), 'utf8'))

test('the next version is that of both packages, which the examples take from this repository', async () => {
  const copy = await copied()
  const [before, filesBefore] = [await read<Manifest>(copy, 'sdk/package.json'), await filesOf(copy)]
  const [lockBefore, logsBefore] = [await read<Lockfile>(copy, LOCKFILE), await changelogs(copy)]
  await writeFile(join(copy, '.changeset', 'of-this-test.md'), "---\n'@peerstage/sdk': minor\n---\n\nSomething new.\n")
  await npm(copy, ['run', 'release:version', '--offline', '--cache', await emptyFolder(), '--loglevel=error'])

  const { version } = await read<Manifest>(copy, 'sdk/package.json')
  expect(version).not.toBe(before.version)
  for (const workspace of await workspaces(copy)) {
    const manifest = await read<Manifest>(copy, join(workspace, MANIFEST))
    if (PACKAGES.includes(workspace)) expect(manifest.version).toBe(version)
    for (const range of rangesOfOurs(manifest)) expect(range, workspace).toBe(`^${version}`)
  }
  // No changelog of an example, and no entry of the lockfile that came or went: those of other systems are there still.
  const gathered = filesBefore.filter((file) => /^\.changeset.(?!README).*\.md$/.test(file))
  expect(await filesOf(copy)).toEqual(filesBefore.filter((file) => !gathered.includes(file)))
  const { packages } = await read<Lockfile>(copy, LOCKFILE)
  expect(Object.keys(packages).sort()).toEqual(Object.keys(lockBefore.packages).sort())
  for (const name of PACKAGES) {
    expect(packages[name]?.version).toBe(version)
    expect(packages[`node_modules/@peerstage/${name}`]?.link).toBe(true)
  }
  for (const [i, after] of (await changelogs(copy)).entries()) {
    const [title = '', ...older] = logsBefore[i]?.split(/^(?=## )/m) ?? []
    expect(after.startsWith(`${title}## ${version}\n`)).toBe(true)
    expect(after.endsWith(`\n\n${older.join('')}`)).toBe(true)
  }
})

test('what is published names the repository that released it, without which npm signs no provenance', async () => {
  const copy = await copied()
  const env = { ...process.env, GITHUB_REPOSITORY: 'app-team/a-fork', GITHUB_SERVER_URL: 'https://github.com' }
  await promisify(execFile)('bash', ['.ci/name-repository'], { cwd: copy, env })
  for (const directory of PACKAGES) {
    const { repository: named } = await read<Manifest>(copy, join(directory, MANIFEST))
    expect(named).toEqual({ type: 'git', url: 'git+https://github.com/app-team/a-fork.git', directory })
  }
})

function rangesOfOurs({ dependencies, devDependencies }: Manifest): string[] {
  const all = Object.entries({ ...dependencies, ...devDependencies })
  return all.filter(([name]) => name.startsWith('@peerstage/')).map(([, range]) => range)
}

const changelogs = (folder: string): Promise<string[]> =>
  Promise.all(PACKAGES.map((name) => readFile(join(folder, name, 'CHANGELOG.md'), 'utf8')))

/** What npm calls the workspaces: the packages, and those examples that have something to install. */
async function workspaces(folder: string): Promise<string[]> {
  const { packages } = await read<Lockfile>(folder, LOCKFILE)
  return Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'))
}

/** Every file of a folder by its path. Not what npm keeps for itself. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const paths = files.map((file) => relative(folder, file))
  return paths.filter((path) => !path.startsWith('node_modules')).sort()
}

/** What a release reads of the repository. */
async function copied(): Promise<string> {
  const copy = await emptyFolder()
  const manifests = (await workspaces(repository)).map((path) => join(path, MANIFEST))
  const logs = PACKAGES.map((name) => join(name, 'CHANGELOG.md'))
  for (const path of [MANIFEST, LOCKFILE, '.changeset', '.ci', ...manifests, ...logs]) {
    await mkdir(dirname(join(copy, path)), { recursive: true })
    await cp(join(repository, path), join(copy, path), { recursive: true })
  }
  // No more of what is installed: npm writes into a node_modules, through a link too.
  await mkdir(join(copy, 'node_modules'))
  for (const path of ['node_modules/.bin', 'node_modules/@changesets']) {
    await symlink(join(repository, path), join(copy, path), 'junction')
  }
  return copy
}
