// Where the command keeps rooms, and what it says when it cannot.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder } from '../../../sdk/test/packaging/npm'
import { CLI, listening, run } from '../harness/running-cli'
import { TestClient } from '../harness/test-client'

const SERVE = ['--port', '0', '--json', '--dev']
/** Started without a setting of the log. */
const UNSAID = { PEERSTAGE_LOG: '' }

test('keeps rooms in a folder of the working directory, readable by its user only', async () => {
  const folder = await emptyFolder()
  const running = run(['--port', '0'], UNSAID, folder)
  await expect.poll(() => running.said.out).toContain('Rooms are kept in peerstage-data/rooms.db.')
  const data = join(folder, 'peerstage-data')
  expect(statSync(data).mode & 0o777).toBe(0o700)
  for (const file of readdirSync(data)) {
    expect([file, statSync(join(data, file)).mode & 0o777]).toEqual([file, 0o600])
  }
  running.child.kill('SIGTERM')
  expect(await running.exit).toBe(0)
  expect(readdirSync(data).sort()).toEqual(['rooms.db', 'rooms.db.key'])
})

test('a token of dev mode is good after a restart', async () => {
  const folder = await emptyFolder()
  const first = run(SERVE, UNSAID, folder)
  const asked = await fetch(`${await listening(first)}/dev/token?room=hall&identity=ada&role=host`)
  const { token } = (await asked.json()) as { token: string }
  first.child.kill('SIGKILL')
  await first.exit
  const again = await listening(run(SERVE, UNSAID, folder))
  const { self } = await new TestClient(again, 'hall', { token }).welcome()
  expect(self).toBeDefined()
  expect(readFileSync(join(folder, 'peerstage-data', 'rooms.db.key'), 'utf8')).toMatch(/^[0-9a-f]{64}$/)
})

test('what was answered with ok is there after SIGKILL: the room, who is in it, and what was said [R3.1, R3.13]', async () => {
  const folder = await emptyFolder()
  const first = run(SERVE, UNSAID, folder)
  const url = await listening(first)
  const asked = await fetch(`${url}/dev/token?room=hall&identity=ada&role=host`)
  const { token } = (await asked.json()) as { token: string }
  const client = new TestClient(url, 'hall', { token })
  const before = await client.welcome()
  await client.ask({ type: 'chat.send', text: 'a word before the end' })
  first.child.kill('SIGKILL')
  await first.exit
  const again = new TestClient(await listening(run(SERVE, UNSAID, folder)), 'hall', {
    ...client.hello,
    token,
    attempt: 2,
  })
  const after = await again.welcome()
  expect([after.instance, after.self]).toEqual([before.instance, before.self])
  expect(JSON.stringify(after)).toContain('a word before the end')
})

test('a second server on the file is a sentence and exit 75, which is no wrong setting [R3.11]', async () => {
  const folder = await emptyFolder()
  await listening(run(SERVE, UNSAID, folder))
  const second = run([...SERVE, '--start-deadline', '0'], UNSAID, folder)
  expect(await second.exit).toBe(75)
  expect(second.said.err).toContain('peerstage-data/rooms.db is in use by another process: one file is for one server.')
  expect(second.said.err).not.toContain('    at ')
})

test('a server that still drains is waited for, and said so; then its rooms go on [R3.11]', async () => {
  const folder = await emptyFolder()
  const first = run(SERVE, UNSAID, folder)
  const ada = new TestClient(await listening(first), 'hall', { name: 'Ada' })
  const before = await ada.welcome()
  const second = run([...SERVE, '--start-deadline', '300'], UNSAID, folder)
  await expect.poll(() => second.said.err).toContain('Waiting for it, for up to 300 s.')
  expect(second.child.exitCode).toBeNull()
  first.child.kill('SIGTERM')
  const url = await listening(second)
  expect(second.said.err.match(/Waiting/g)).toHaveLength(1)
  const back = await new TestClient(url, 'hall', { ...ada.hello, attempt: 2 }).welcome()
  expect(back.instance).toBe(before.instance)
})

test.runIf(process.platform === 'linux')('a disk that is full is a sentence and exit 75', async () => {
  const folder = await emptyFolder()
  // As much as a process may write: none.
  const full = spawn('sh', ['-c', `ulimit -f 0; trap '' XFSZ; exec "$@"`, 'sh', process.execPath, CLI, ...SERVE], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  full.stderr.setEncoding('utf8')
  const said = (await full.stderr.toArray()).join('')
  expect(full.exitCode ?? (await once(full, 'exit'))[0]).toBe(75)
  expect(said).toContain('peerstage-data/rooms.db cannot be')
})

test.each<[string, (path: string) => void, string]>([
  ['is no database', (path) => writeFileSync(path, 'Dear diary, '.repeat(500)), 'is not a log of Peerstage'],
  ['is a folder', () => {}, 'is a folder'],
])('a path that %s is a sentence and exit 2, and stays as it is', async (_what, make, sentence) => {
  const folder = await emptyFolder()
  const path = sentence === 'is a folder' ? folder : join(folder, 'mine.db')
  make(path)
  const before = path === folder ? [] : readFileSync(path)
  const rejected = run(SERVE, { PEERSTAGE_LOG: path })
  expect(await rejected.exit).toBe(2)
  expect(rejected.said.err).toContain(`${path} ${sentence}`)
  expect(path === folder ? [] : readFileSync(path)).toEqual(before)
})

test.each(['mine.db\r', ' ', ':memory: '])(
  'a path with white space at an end is a sentence and exit 2, and no file is made: %j',
  async (path) => {
    const folder = await emptyFolder()
    const rejected = run(SERVE, { PEERSTAGE_LOG: path }, folder)
    expect(await rejected.exit).toBe(2)
    expect(rejected.said.err).toContain(JSON.stringify(path))
    expect(rejected.said.err).toContain('--log (PEERSTAGE_LOG) names another file')
    expect(rejected.said.out).not.toContain('kept in')
    expect(readdirSync(folder)).toEqual([])
  },
)

test(':memory: keeps nothing', async () => {
  const folder = await emptyFolder()
  const running = run(['--port', '0', '--log', ':memory:'], UNSAID, folder)
  await expect.poll(() => running.said.out).toContain('Rooms are kept in memory')
  expect(existsSync(join(folder, 'peerstage-data'))).toBe(false)
})

/** As on a Node without SQLite, where none is installed. */
const WITHOUT_SQLITE = `
const { getBuiltinModule } = process
process.getBuiltinModule = (name) => (name === 'node:sqlite' ? undefined : getBuiltinModule(name))
const Module = require('node:module')
const resolve = Module._resolveFilename
Module._resolveFilename = function (name, ...rest) {
  if (name === 'better-sqlite3') throw new Error('Cannot find it')
  return resolve.call(this, name, ...rest)
}`

const ADVICE =
  'needs Node 22.13 or newer, or the package better-sqlite3 built for this one: npm install better-sqlite3@12.'

test('without SQLite it runs in memory and says so aloud; who asked for a file gets exit 2', async () => {
  const folder = await emptyFolder()
  const broken = join(folder, 'without-sqlite.cjs')
  writeFileSync(broken, WITHOUT_SQLITE)
  const env = { NODE_OPTIONS: `--require ${broken}` }
  const unsaid = run(SERVE, { ...env, ...UNSAID }, folder)
  await listening(unsaid)
  await expect.poll(() => unsaid.said.err).toContain('ROOMS END WITH THIS PROCESS')
  expect(unsaid.said.err).toContain(ADVICE)
  const asked = run([...SERVE, '--log', join(folder, 'rooms.db')], env)
  expect(await asked.exit).toBe(2)
  expect(asked.said.err).toContain(ADVICE)
  expect(readdirSync(folder)).toEqual(['without-sqlite.cjs'])
})
