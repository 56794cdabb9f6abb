import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Measured } from './measured'

const PROGRAM = fileURLToPath(new URL('./soak-server.js', import.meta.url))

/** Bounds a process that does not end by itself: something holds it open. */
const END_LIMIT_MS = 30_000

/** The server under soak. */
export class ServerProcess {
  readonly url: string
  readonly path: string
  readonly #child: ChildProcess
  readonly #said: string[]

  static async start(path: string): Promise<ServerProcess> {
    const child = fork(PROGRAM, [path], { execArgv: ['--expose-gc'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => void said.push(text))
    }
    process.once('exit', () => child.kill('SIGKILL'))
    child.once('exit', (code) => {
      if (code !== 0) said.push(`the server ended with ${code}`)
    })
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]
    return new ServerProcess(child, url, path, said)
  }

  private constructor(child: ChildProcess, url: string, path: string, said: string[]) {
    this.url = url
    this.path = path
    this.#child = child
    this.#said = said
  }

  /** It only speaks of errors: of its own faults, then. */
  get complaints(): string[] {
    return this.#said
  }

  get fileBytes(): number {
    return sizeOf(this.path)
  }

  get walBytes(): number {
    return sizeOf(`${this.path}-wal`)
  }

  async measure(): Promise<Measured> {
    const answer = once(this.#child, 'message')
    this.#child.send('measure')
    const [measured] = (await answer) as [Measured]
    return measured
  }

  /** Drains it, and waits until it ends by itself. False: it did not. */
  async close(): Promise<boolean> {
    const exit = once(this.#child, 'exit')
    this.#child.send('close')
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), END_LIMIT_MS)
    const [code] = (await exit) as [number | null]
    clearTimeout(limit)
    return code === 0
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
