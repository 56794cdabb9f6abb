// The arrows between folders are lint rules. A rule that stopped working would go unseen, so each one is broken here on
// purpose: files with one forbidden line are written into a copy of the house, and Biome must name exactly those.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))

/** A file of so many lines. */
const linesOf = (count: number): string =>
  Array.from({ length: count }, (_, n) => `export const line${n} = ${n}\n`).join('')

/** A function with so many lines between its first and its last one. */
const functionOf = (count: number): string =>
  `export function long(): number {\n${'  console.info()\n'.repeat(count - 1)}  return 1\n}\n`

const importing = (...paths: string[]) => paths.map((path) => `export * from '${path}'\n`).join('')

/** File, what it says, and the rule that must answer. */
const violations: [file: string, source: string, rule: string][] = [
  ['sdk/src/protocol/imports-errors.ts', importing('../errors'), 'noRestrictedImports'],
  ['sdk/src/protocol/imports-package.ts', importing('ws'), 'noRestrictedImports'],
  ['sdk/src/protocol/imports-node.ts', importing('node:crypto'), 'noRestrictedImports'],
  ['sdk/src/protocol/type-only.ts', `export type { A } from '../errors'\n`, 'noRestrictedImports'],
  ['sdk/src/protocol/timer.ts', 'setTimeout(() => undefined)\n', 'noRestrictedGlobals'],
  ['sdk/src/protocol/clock.ts', 'export const now = Date.now()\n', 'noRestrictedGlobals'],
  ['sdk/src/protocol/secret.ts', 'export const id = crypto.randomUUID()\n', 'noRestrictedGlobals'],
  ['sdk/src/protocol/dice.ts', 'export const dice = Math.random()\n', 'plugin'],
  ['sdk/src/errors.ts', importing('./client/client'), 'noRestrictedImports'],
  ...['signaling', 'state', 'media', 'peering', 'quality', 'verbs', 'events', 'ports'].flatMap(
    (part): typeof violations => [
      [
        `sdk/src/${part}/imports-sibling.ts`,
        importing(part === 'signaling' ? '../state/store' : '../signaling/session'),
        'noRestrictedImports',
      ],
      [`sdk/src/${part}/imports-client.ts`, importing('../client/client'), 'noRestrictedImports'],
      [
        `sdk/src/${part}/loads-lazily.ts`,
        `export const lazy = () => import('../client/client')\n`,
        'noRestrictedImports',
      ],
      [`sdk/src/${part}/imports-simple-peer.ts`, importing('simple-peer'), 'noRestrictedImports'],
    ],
  ),
  ['sdk/src/client/imports-simple-peer.ts', importing('simple-peer'), 'noRestrictedImports'],
  ['sdk/src/client/imports-index.ts', importing('../index'), 'noRestrictedImports'],
  ['sdk/src/client/imports-node.ts', importing('node:crypto'), 'noRestrictedImports'],
  ['server/src/room/imports-hosting.ts', importing('../hosting/rooms'), 'noRestrictedImports'],
  ['server/src/room/imports-ports.ts', importing('../ports/clock'), 'noRestrictedImports'],
  ['server/src/room/imports-node.ts', importing('node:crypto'), 'noRestrictedImports'],
  ['server/src/room/timer.ts', 'setInterval(() => undefined)\n', 'noRestrictedGlobals'],
  ['server/src/room/clock.ts', 'export const now = performance.now()\n', 'noRestrictedGlobals'],
  ['server/src/room/dice.ts', 'export const dice = Math.random()\n', 'plugin'],
  ['server/src/ports/imports-hosting.ts', importing('../hosting/rooms'), 'noRestrictedImports'],
  ['server/src/ports/imports-node.ts', importing('node:crypto'), 'noRestrictedImports'],
  ['server/src/hosting/imports-gateway.ts', importing('../gateway/gateway'), 'noRestrictedImports'],
  ['server/src/hosting/imports-auth.ts', importing('../auth/keys'), 'noRestrictedImports'],
  ['server/src/hosting/imports-ws.ts', importing('ws'), 'noRestrictedImports'],
  ...['auth', 'config', 'logging', 'gateway', 'http', 'log', 'metrics'].flatMap((part): typeof violations => [
    [
      `server/src/${part}/imports-sibling.ts`,
      importing(part === 'http' ? '../log/upcast' : '../http/routes'),
      'noRestrictedImports',
    ],
    [`server/src/${part}/imports-server.ts`, importing('../server'), 'noRestrictedImports'],
    [`server/src/${part}/imports-cli.ts`, importing('../cli/command-line'), 'noRestrictedImports'],
    [`server/src/${part}/imports-sdk.ts`, importing('@peerstage/sdk'), 'noRestrictedImports'],
  ]),
  ['server/src/log/imports-hosting.ts', importing('../hosting/rooms'), 'noRestrictedImports'],
  ['server/src/log/sqlite/imports-hosting.ts', importing('../../hosting/rooms'), 'noRestrictedImports'],
  ['server/src/gateway/session/imports-log.ts', importing('../../log/upcast'), 'noRestrictedImports'],
  ['server/src/server.ts', importing('./cli/command-line'), 'noRestrictedImports'],
  ['server/bench/imports-sdk-bench.ts', importing('../../sdk/bench/join'), 'noRestrictedImports'],
  ['server/bench/harness/imports-bench.ts', importing('../fanout'), 'noRestrictedImports'],
  ['server/src/index.ts', importing('./testing/index'), 'noRestrictedImports'],
  ['server/src/circle-a.ts', `import type { B } from './circle-b'\n\nexport type A = B[]\n`, 'noImportCycles'],
  ['server/src/circle-b.ts', `import type { A } from './circle-a'\n\nexport type B = A[]\n`, 'noImportCycles'],
  ['server/src/long-file.ts', linesOf(201), 'noExcessiveLinesPerFile'],
  ['server/src/long-function.ts', functionOf(31), 'noExcessiveLinesPerFunction'],
  ['sdk/src/long-file.ts', linesOf(201), 'noExcessiveLinesPerFile'],
  ['sdk/src/long-function.ts', functionOf(31), 'noExcessiveLinesPerFunction'],
  ['server/src/any.ts', 'export const loose = (value: any) => value\n', 'noExplicitAny'],
]

/** The same arrows, the right way round: a rule that forbids everything would pass the list above. */
const allowed: [file: string, source: string][] = [
  ['sdk/src/protocol/fine.ts', `${importing('valibot', './ids')}export const most = Math.max(1, 2)\n`],
  ['sdk/src/signaling/fine.ts', importing('../protocol', '../errors', '../ports/clock', './backoff')],
  ['sdk/src/verbs/fine.ts', importing('../protocol', '../ports/requests', '../media/local-media', '../state/state')],
  ['sdk/src/events/fine.ts', importing('../protocol', '../state/state', '../verbs/slices')],
  ['sdk/src/client/fine.ts', importing('../events/events', '../verbs/chat', '../peering/mesh')],
  ['sdk/src/peering/simple-peer.ts', `export { default } from 'simple-peer'\n`],
  ['sdk/src/index.ts', importing('./client/client', './errors')],
  ['server/src/room/fine.ts', importing('@peerstage/sdk/protocol', './ledger')],
  ['server/src/ports/fine.ts', importing('@peerstage/sdk/protocol', '../room/state', './clock')],
  ['server/src/hosting/fine.ts', importing('@peerstage/sdk/protocol', '../room/decide', '../ports/clock')],
  ['server/src/config/fine.ts', importing('valibot', '../auth/keys', '../ports/room-log')],
  ['server/src/gateway/fine.ts', importing('ws', '../hosting/rooms', '../ports/clock', 'node:crypto')],
  ['server/src/gateway/session/fine.ts', importing('../../hosting/rooms', '../../ports/clock', '../socket/send-queue')],
  ['server/src/log/sqlite/fine.ts', importing('../../ports/event-log', '../../room/state', '../upcast')],
  ['server/bench/fine.ts', importing('./harness/rounds', '../src/auth/sign-token')],
  ['sdk/bench/fine.ts', importing('../../server/bench/harness/rounds')],
  ['server/src/full-file.ts', linesOf(200)],
  ['server/src/full-function.ts', functionOf(30)],
  ['server/src/cli/main.ts', importing('../config/settings', '../server')],
]

let house: string
let found: Map<string, string[]>

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'house-'))
  for (const path of ['.biome.jsonc', '.ci/pure.grit']) await cp(join(repository, path), join(house, path))
  for (const [file, source] of [...violations, ...allowed]) {
    await mkdir(dirname(join(house, file)), { recursive: true })
    await writeFile(join(house, file), source)
  }
  found = rulesByFile(await lint(house))
})

afterAll(() => rm(house, { recursive: true, force: true }))

test.each(violations)('%s is rejected', (file, _source, rule) => {
  expect(found.get(file)).toEqual([rule])
})

test.each(allowed)('%s is fine', (file) => {
  expect(found.get(file)).toBeUndefined()
})

function lint(directory: string): Promise<string> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome')
  const options = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', '.']
  return new Promise((resolve, reject) => {
    // Biome ends with 1 when it finds something, as it must here.
    const child = execFile(process.execPath, [biome, ...options], { cwd: directory }, (_error, stdout, stderr) =>
      child.exitCode === 1 ? resolve(stdout) : reject(new Error(`Biome ended with ${child.exitCode}: ${stderr}`)),
    )
  })
}

/** Lines like `::error title=lint/style/noRestrictedImports,file=/…/sdk/src/client.ts,line=1,…` */
function rulesByFile(report: string): Map<string, string[]> {
  const rules = new Map<string, string[]>()
  for (const [, title, path] of report.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)) {
    const file = String(path)
      .replaceAll('\\', '/')
      .replace(/^.*?\/(?=(sdk|server)\/(src|bench)\/)/, '')
    rules.set(file, [...(rules.get(file) ?? []), String(title).replace(/^.*\//, '')])
  }
  return rules
}
