// An example as its readers run it: a child process that says where it is to be found.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port'

const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url))
const VITE = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')

/** Bounds an app that hangs. */
const START_LIMIT_MS = 60_000

/** An example that serves something. It must be stopped. */
export class ExampleApp {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #said: () => string
  /** Where it says that it is, without a slash at the end. */
  readonly url: string

  /** Vite's dev server, or with `preview` its server for what was built. */
  static vite(example: string, command: 'dev' | 'preview', env: Record<string, string>): Promise<ExampleApp> {
    return ExampleApp.#start(example, [VITE, command, '--port', '0'], env)
  }

  /** Its own server, on a free port. */
  static async server(example: string): Promise<ExampleApp> {
    return ExampleApp.#start(example, ['server.js'], { PORT: String(await freePort()) })
  }

  static async #start(example: string, args: string[], env: Record<string, string>): Promise<ExampleApp> {
    const child = run(example, args, env)
    const ended = once(child, 'close')
    const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS)
    const said = output(child)
    const url = await Promise.race([said.url, ended.then(() => undefined)])
    clearTimeout(limit)
    if (url === undefined) throw new Error(`examples/${example} did not start. It said:\n${said.all()}`)
    return new ExampleApp(child, ended, said.all, url)
  }

  private constructor(child: ChildProcess, ended: Promise<unknown>, said: () => string, url: string) {
    this.#child = child
    this.#ended = ended
    this.#said = said
    this.url = url
  }

  /** Throws when it had ended by itself. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null)
      throw new Error(`An example ended by itself. It said:\n${this.#said()}`)
    this.#child.kill('SIGTERM')
    await this.#ended
  }
}

/** Builds an example by Vite, for a room server at `VITE_PEERSTAGE_URL`. Throws with what Vite said. */
export async function buildByVite(example: string, env: Record<string, string>): Promise<void> {
  const child = run(example, [VITE, 'build'], env)
  const said = output(child)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`examples/${example} did not build:\n${said.all()}`)
  if (/warn/i.test(said.all())) throw new Error(`The build of examples/${example} warns:\n${said.all()}`)
}

function run(example: string, args: string[], env: Record<string, string>): ChildProcess {
  // Vitest's own mode would make a development build.
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env
  const child = spawn(process.execPath, args, {
    cwd: join(EXAMPLES, example),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, NO_COLOR: '1', ...env },
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
  return child
}

function output(child: ChildProcess) {
  let text = ''
  const url = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        const found = /http:\/\/localhost:\d+/.exec(text)
        // The number may be cut in two: the line has to be whole.
        if (found && text.indexOf('\n', found.index) !== -1) resolve(found[0])
      })
    }
  })
  return { url, all: () => text }
}
