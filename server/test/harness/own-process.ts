import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

const path = (relative: string, from = import.meta.url) => fileURLToPath(new URL(relative, from))
/** Below node_modules, so that a program can resolve packages. */
const PROGRAMS = path('../../../node_modules/.cache/peerstage')

export type OwnProcess = { readonly child: ChildProcessWithoutNullStreams; readonly said: () => string }

/** Bundles a program into one file, to run it in another process. Returns the path. */
export async function built(source: string, from: string): Promise<string> {
  const outfile = `${PROGRAMS}/dist/${basename(source, '.ts')}.mjs`
  await build({
    entryPoints: [path(source, from)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    tsconfig: path('../tsconfig.json'),
    logLevel: 'error',
  })
  return outfile
}

/** Starts a program and collects its output lines. It is killed after the test. */
export const start = (args: readonly string[]): OwnProcess => run(process.execPath, args)

/** Starts a program whose files cannot grow beyond `kib` KiB, like on a full disk. */
export const startOnADiskOf = (kib: number, args: readonly string[]): OwnProcess =>
  run('bash', ['-c', `ulimit -S -f ${kib}; exec "$@"`, '-', process.execPath, ...args])

function run(command: string, args: readonly string[]): OwnProcess {
  const child = spawn(command, args)
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  return { child, said: () => said }
}
