import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SECRET = 'a secret of the tests, long enough to be one'

// The server of the guide, as its readers run it: what it shows is what they ship.
test('the documented token route rejects a room or a name that is none with 400 and a sentence, and gives tokens', async () => {
  const url = await start({ PEERSTAGE_SECRET: SECRET })
  for (const query of ['name=Ada&room=room%201', 'name=Ada&room=', 'room=hall', '']) {
    const response = await fetch(`${url}/live-token?${query}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^The (room|identity) /) })
  }
  const response = await fetch(`${url}/live-token?name=Ada&room=hall`)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ token: expect.stringMatching(/^ey/) })
})

test('the documented server without its secret ends with a sentence that names the variable', async () => {
  await expect(start({})).rejects.toThrow(/ConfigError: auth\.secret is empty: .*PEERSTAGE_SECRET/)
})

/** Starts the code of `server.mjs` on a free port. It ends with the test. @throws Error with what it said, when it ends by itself */
async function start(env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', await documentedServer()], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stderr.on('data', (data) => {
    err += data
  })
  const listening = new Promise<string>((resolve) => {
    child.stdout.on('data', (data) => {
      out += data
      if (out.includes('\n')) resolve(`http://127.0.0.1:${out.trim()}`)
    })
  })
  const ended = once(child, 'close').then(() => {
    throw new Error(err)
  })
  return Promise.race([listening, ended])
}

async function documentedServer(): Promise<string> {
  const guide = await readFile(`${ROOT}/docs/getting-started.md`, 'utf8')
  const code = /```ts\n(\/\/ server\.mjs\n[\s\S]*?)```/.exec(guide)?.[1]
  if (code === undefined) throw new Error('The guide shows no server.mjs.')
  expect(code).toContain('server.listen(8080)')
  return code.replace('server.listen(8080)', 'server.listen(0, () => console.log(server.address().port))')
}
