// The built server as its users run it: a child process, spoken to by its command line, its sockets and its signals; since
// Windows has none that drains, there by the message `shutdown`.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../../../server/dist/cli.js', import.meta.url))

/** Bounds a server that hangs. The longest drain that the command line allows by default is 25 s. */
const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 40_000

/** Characters of output kept for the message of a failure. */
const KEPT_OUTPUT = 16_384

export interface LiveServerOptions {
  /** Its mode for development, which is for this machine alone. Default true. */
  dev?: boolean
  /** More of the command line, as `['--log', 'rooms.db']`. */
  args?: string[]
  env?: Record<string, string>
}

type Process = ChildProcessByStdio<null, Readable, Readable>

/** A server on a port of its own. It must be stopped. Should it end by itself, the test run fails, whatever the test says. */
export class LiveServer {
  /** Where it listens, as `http://127.0.0.1:40123`. Stays the same over restarts. */
  readonly url: string
  readonly #options: LiveServerOptions
  #child: RunningServer | undefined

  static async start(options: LiveServerOptions = {}): Promise<LiveServer> {
    return new LiveServer(await RunningServer.start(0, options), options)
  }

  private constructor(child: RunningServer, options: LiveServerOptions) {
    this.url = child.url
    this.#child = child
    this.#options = options
  }

  /** Everything it said so far (its last characters), for a look at its log. */
  get output(): string {
    return this.#child?.output ?? ''
  }

  /** Asks it to end (SIGTERM) and waits. Throws if it ends with a failure or not by its deadline, or has ended before. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    await child?.end('asked')
  }

  /** Ends it without a chance to say goodbye (SIGKILL). */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    await child?.end('killed')
  }

  /** Starts it again on the same port, after `stop()` or `kill()`, or stops it first. */
  async restart(): Promise<void> {
    await this.stop()
    this.#child = await RunningServer.start(Number(new URL(this.url).port), this.#options)
  }
}

/** One process, from its first line to its end. */
class RunningServer {
  url = ''
  output = ''
  readonly #process: Process
  readonly #exit: Promise<void>
  #ending = false

  static async start(port: number, options: LiveServerOptions): Promise<RunningServer> {
    const server = new RunningServer(port, options)
    await server.#listening()
    return server
  }

  private constructor(port: number, { dev = true, args = [], env = {} }: LiveServerOptions) {
    if (!existsSync(CLI)) throw new Error('The server is not built: run `npm run build` first.')
    this.#process = spawn(
      process.execPath,
      [CLI, ...(dev ? ['--dev'] : []), '--port', String(port), '--json', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // In memory, unless a test says where: no test leaves a file behind.
        env: { ...process.env, PEERSTAGE_LOG: ':memory:', ...env },
      },
    ) as Process
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#keep(text))
    }
    const killed = () => this.#process.kill('SIGKILL')
    process.once('exit', killed)
    this.#exit = once(this.#process, 'close').then(() => {
      process.off('exit', killed)
    })
  }

  async end(how: 'asked' | 'killed'): Promise<void> {
    if (this.#hasExited()) throw this.#failure('had ended before it was asked to')
    this.#ending = true
    if (how === 'killed') this.#process.kill('SIGKILL')
    else if (process.platform === 'win32') this.#process.send('shutdown')
    else this.#process.kill('SIGTERM')
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), STOP_LIMIT_MS)
    await this.#exit
    clearTimeout(limit)
    if (how === 'asked' && this.#process.exitCode !== 0) throw this.#failure('did not stop well')
  }

  async #listening(): Promise<void> {
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), START_LIMIT_MS)
    const line = await Promise.race([this.#firstLine(), this.#exit])
    clearTimeout(limit)
    this.url = line ? listeningUrl(line) : ''
    if (this.url) {
      // Thrown where no code catches it, so that vitest counts it against the run.
      void this.#exit.then(() => {
        if (!this.#ending) throw this.#failure('ended by itself')
      })
      return
    }
    this.#process.kill('SIGKILL')
    await this.#exit
    throw this.#failure(line ? `said something else than where it listens: ${line}` : 'did not start')
  }

  async #firstLine(): Promise<string> {
    const lines = createInterface({ input: this.#process.stdout })
    const [line] = (await once(lines, 'line')) as [string]
    lines.close()
    // Closing the reader paused the pipe, and a full pipe would stop the server.
    this.#process.stdout.resume()
    return line
  }

  #hasExited(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  #keep(text: string): void {
    this.output = (this.output + text).slice(-KEPT_OUTPUT)
  }

  #failure(what: string): Error {
    const { exitCode, signalCode } = this.#process
    return new Error(`The server ${what} (${signalCode ?? `exit code ${exitCode}`}). It said:\n${this.output}`)
  }
}

/** The url in `{"event":"listening","url":"http://…"}`, or nothing. */
function listeningUrl(line: string): string {
  try {
    const { event, url } = JSON.parse(line)
    return event === 'listening' && typeof url === 'string' ? url : ''
  } catch {
    return ''
  }
}
