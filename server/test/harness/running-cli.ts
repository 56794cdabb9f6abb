import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

/** The built command. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** A running process of the built command. */
export type Run = {
  readonly child: ChildProcess
  /** Its output so far. */
  readonly said: { out: string; err: string }
  readonly exit: Promise<number | null>
}

/** Starts the command. Rooms are in memory by default, so that no test leaves a file. It is killed after the test. */
export function run(args: string[], env: Record<string, string> = {}, cwd?: string): Run {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { PATH: process.env.PATH ?? '', PEERSTAGE_LOG: ':memory:', ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    ...(cwd === undefined ? {} : { cwd }),
  }) as ChildProcessWithoutNullStreams
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => {
    said.out += data
  })
  child.stderr.on('data', (data) => {
    said.err += data
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, said, exit: once(child, 'close').then(([code]) => code) }
}

/** Waits for the line of `--json`, and returns the address in it. */
export async function listening({ child, said }: Run): Promise<string> {
  while (!said.out.includes('\n')) await once(child.stdout ?? child, 'data')
  const line = JSON.parse(said.out.split('\n')[0] ?? '')
  expect(line).toEqual({ event: 'listening', url: expect.stringMatching(/^http:\/\/localhost:\d+$/) })
  return line.url
}
