// What docs/containers.md says: its lines are done in a folder, for there is no Docker where tests run.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { ensured, settingsOfDocs } from '../../../sdk/test/harness/browser/daemon'
import { freePort } from '../../../sdk/test/harness/browser/free-port'
import { emptyFolder, npm, packed } from '../../../sdk/test/packaging/npm'
import { readCommandLine } from '../../src/cli/command-line'

const SECRET = 'a secret of the tests, long enough to be one'

/** The instructions of the Dockerfile, in their order. */
async function dockerfile(): Promise<{ word: string; rest: string }[]> {
  const lines = (await settingsOfDocs('```dockerfile', 'containers')).filter((line) => /^[A-Z]+ /.test(line))
  return lines.map((line) => ({ word: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }))
}

const only = (lines: readonly { word: string; rest: string }[], word: string): string => {
  const found = lines.filter((line) => line.word === word)
  expect([word, found.length]).toEqual([word, 1])
  return found[0]?.rest ?? ''
}

const envOf = (rest: string) => Object.fromEntries(rest.split(' ').map((pair) => pair.split('=') as [string, string]))

test('the image runs the packed server as process 1 would be run, is healthy, and drains on SIGTERM', async () => {
  const lines = await dockerfile()
  const root = await emptyFolder()
  const port = await freePort()
  const inRoot = (text: string) =>
    text.replaceAll('/var/lib/peerstage', join(root, 'data')).replaceAll('8080', `${port}`)
  const runs = lines.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)
  expect(runs).toHaveLength(3)
  // The first one is apt-get's, which the tests do by themselves.
  expect(runs[0]).toContain('tini')
  const tini = await ensured('tini', 'tini')
  expect(runs[1]).toBe('npm install --global @peerstage/server')
  await npm(root, ['install', '--global', '--prefix', root, '--no-audit', '--no-fund', await packed('server', root)])
  if (Number.parseInt(process.versions.node, 10) < 22) {
    // The image has a Node with SQLite inside; where this one has none, that of the repository does.
    const found = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
    symlinkSync(found, join(root, 'lib', 'node_modules', 'better-sqlite3'))
  }
  const folder = inRoot(runs[2] ?? '').replace(/ && chown .*/, '')
  await promisify(execFile)('sh', ['-c', folder])
  expect(statSync(join(root, 'data')).mode & 0o777).toBe(0o700)
  expect(only(lines, 'USER')).toBe('node')
  const secret = join(root, 'secret')
  writeFileSync(secret, `${SECRET}\n`)
  const [, ...entry] = JSON.parse(only(lines, 'ENTRYPOINT')) as string[]
  const env = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    ...envOf(inRoot(only(lines, 'ENV'))),
    PEERSTAGE_SECRET_FILE: secret,
  }
  const child = spawn(tini, [...entry, '--json'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  expect(JSON.parse(String(said))).toMatchObject({ event: 'listening', url: expect.stringContaining(`${port}`) })
  const [, check = ''] = inRoot(only(lines, 'HEALTHCHECK')).split(' CMD ')
  const [command = '', ...args] = JSON.parse(check) as string[]
  const isHealthy = () =>
    promisify(execFile)(command, args).then(
      () => true,
      () => false,
    )
  expect(await isHealthy()).toBe(true)
  expect(statSync(join(root, 'data', 'rooms.db')).size).toBeGreaterThan(0)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await isHealthy()).toBe(false)
})

/** How long a container has to end, against the deadline that its server is given. */
function expectTimeToDrain(args: readonly string[], seconds: number): void {
  const line = readCommandLine(args, { PEERSTAGE_SECRET: SECRET })
  expect(line).toMatchObject({
    type: 'serve',
    options: { trustProxy: expect.anything(), allowedOrigins: ['https://example.com'] },
  })
  const deadline = line.type === 'serve' ? line.options.drainDeadlineSeconds : undefined
  expect(deadline).toBeGreaterThan(0)
  expect(seconds).toBeGreaterThan(deadline ?? 0)
}

/** The variables of a container are ones that the command knows, and the files of its secrets are there. */
function expectKnown(env: Readonly<Record<string, string>>, files: readonly string[]): void {
  const folder = Object.entries(env).filter(([name]) => name.endsWith('_FILE'))
  for (const [, path] of folder) expect(files.some((file) => path.startsWith(file))).toBe(true)
  const values = Object.fromEntries(
    Object.entries(env).map(([name, value]) => (name.endsWith('_FILE') ? [name.slice(0, -5), SECRET] : [name, value])),
  )
  expect(readCommandLine([], { PEERSTAGE_SECRET: SECRET, ...values })).toMatchObject({ type: 'serve' })
}

test('the services of compose.yaml have what they name', async () => {
  const file = parse((await settingsOfDocs('```yaml\n# compose.yaml', 'containers')).join('\n'))
  const { peerstage, coturn } = file.services
  expectTimeToDrain(peerstage.command, Number.parseInt(peerstage.stop_grace_period, 10))
  expect(Object.keys(file.secrets)).toEqual(peerstage.secrets)
  expectKnown(
    peerstage.environment,
    peerstage.secrets.map((name: string) => `/run/secrets/${name}`),
  )
  const lines = await dockerfile()
  const volume = only(lines, 'VOLUME')
  expect(peerstage.volumes).toEqual([`${Object.keys(file.volumes)[0]}:${volume}`])
  expect(peerstage.ports).toEqual([`127.0.0.1:8080:${only(lines, 'EXPOSE')}`])
  expect(coturn.network_mode).toBe('host')
})

describe('peerstage.yaml', async () => {
  const text = (await settingsOfDocs('```yaml\n# peerstage.yaml', 'containers')).join('\n')
  const documents = parseAllDocuments(text)
  const [deployment, claim, service] = documents.map((each) => each.toJS())
  const { spec } = deployment.spec.template
  const [container] = spec.containers

  test('is sound, and its parts name each other', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
    expect(deployment.spec.selector.matchLabels).toEqual(deployment.spec.template.metadata.labels)
    expect(service.spec.selector).toEqual(deployment.spec.selector.matchLabels)
    const volumes: string[] = spec.volumes.map(({ name }: { name: string }) => name)
    expect(container.volumeMounts.map(({ name }: { name: string }) => name).sort()).toEqual(volumes.sort())
    expect(JSON.stringify(spec.volumes)).toContain(claim.metadata.name)
  })

  test('never runs two pods on one log, and lets a pod drain', () => {
    expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    expectTimeToDrain(container.args, spec.terminationGracePeriodSeconds)
  })

  test('has a server that knows its variables and answers its probes, at the port that is exposed', async () => {
    const env = Object.fromEntries(
      container.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    )
    const mounts: string[] = container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)
    expectKnown(env, mounts)
    expect(mounts.some((path) => env.PEERSTAGE_LOG?.startsWith(path))).toBe(true)
    expect(container.ports[0].containerPort).toBe(Number(only(await dockerfile(), 'EXPOSE')))
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(container[probe].httpGet).toEqual({ path: '/livez', port: container.ports[0].name })
    }
    // A Service of that name would set PEERSTAGE_PORT.
    expect([service.metadata.name, spec.enableServiceLinks]).toEqual(['peerstage', false])
  })
})

test('the unit of systemd restarts all but wrong settings, for as long as it takes, and lets the server drain', async () => {
  const unit = (await settingsOfDocs('```ini\n# /etc/systemd/system/peerstage.service')).join('\n')
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1]
  expect([value('Restart'), value('RestartPreventExitStatus')]).toEqual(['on-failure', '2'])
  // systemd gives up after 5 starts in 10 s, unless it is told otherwise.
  expect(value('StartLimitIntervalSec')).toBe('0')
  expect(Number(value('RestartSec'))).toBeGreaterThan(1)
  expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(25)
})
