// A program that runs in a Node process of its own, since @roamhq/wrtc may end the process that it lives in.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { trimmedSimplePeer } from '../../build/simple-peer/trimmed'

/** Where a bundle finds the packages that it does not contain, and git does not look. */
const FOLDER = fileURLToPath(new URL('../../../node_modules/.peerstage-', import.meta.url))

const PROTOCOL = { '@peerstage/sdk/protocol': fileURLToPath(new URL('../../src/protocol/index.ts', import.meta.url)) }

/** Bundles a program of this folder, without `packages`. Answers with its path; `remove` deletes it. */
export async function compile(
  program: string,
  packages: readonly string[] = [],
): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(FOLDER)
  const path = join(folder, 'program.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
    bundle: true,
    outfile: path,
    format: 'esm',
    platform: 'node',
    external: ['@roamhq/wrtc', 'ws', ...packages],
    alias: PROTOCOL,
    plugins: [trimmedSimplePeer],
  })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** A process that talks in messages. A crash is never taken for an end. */
export class Child<Up, Down> {
  readonly #process: ChildProcess
  readonly #close: Promise<unknown[]>
  readonly #messages: Up[] = []
  #arrived: () => void = () => undefined
  #stderr = ''
  /** Only then has all that it said been read: it may exit before. */
  #isClosed = false

  constructor(path: string, args: readonly string[]) {
    this.#process = fork(path, [...args], { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], serialization: 'json' })
    this.#close = once(this.#process, 'close')
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4096)
    })
    this.#process.on('message', (message) => {
      this.#messages.push(message as Up)
      this.#arrived()
    })
    void this.#close.then(() => {
      this.#isClosed = true
      this.#arrived()
    })
  }

  send(message: Down): void {
    if (this.#process.connected) this.#process.send(message as object)
  }

  /** The next message, in order. Throws when the process ends instead. */
  async next(): Promise<Up> {
    while (this.#messages.length === 0) {
      if (this.#isClosed) throw new Error(`it ended: ${this.#how()}`)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
    return this.#messages.shift() as Up
  }

  /** How it ended, as `exit code 0`. */
  async ended(): Promise<string> {
    await this.#close
    return this.#how()
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #how(): string {
    const { exitCode, signalCode } = this.#process
    const end = signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}`
    return exitCode === 0 ? end : `${end}\n${this.#stderr}`
  }
}
