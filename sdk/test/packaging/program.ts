// Programs of Node that the tests run: to their end, or until they were seen.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

export type Said = { readonly stdout: string; readonly stderr: string }

/** What matters of the machine, and no more: a builder that asks for its terminal or for CI gets none. */
export const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => {
  const { PATH, HOME, SystemRoot, TEMP, TMPDIR, USERPROFILE, APPDATA } = process.env
  const kept = { PATH, HOME, SystemRoot, TEMP, TMPDIR, USERPROFILE, APPDATA }
  return { ...kept, NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', ...more }
}

/** Runs a program to its end. Throws with what it said when it fails. */
export async function run(
  folder: string,
  args: string[],
  { node = process.execPath, env = {} }: { node?: string; env?: Record<string, string> } = {},
): Promise<Said> {
  return promisify(execFile)(node, args, { cwd: folder, env: environment(env), maxBuffer: 16 * 1024 * 1024 })
}

/** Starts a web server and waits until it says where it is. It ends with the test. */
export async function serve(folder: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: folder, env: environment(env) })
  onTestFinished(() => ended(child))
  let said = ''
  const exit = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8')
  // A pipe that is closed when its line was read would end a program that goes on talking.
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    said += text
    const url = /http:\/\/localhost:\d+/.exec(said)?.[0]
    if (url) {
      child.stdout.resume()
      return url
    }
  }
  throw new Error(`It ended with ${await exit} and never said where it is:\n${said}`)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}
