// A program of the system that runs beside a test: installed if need be, and up when its port answers.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { aptCommands, run } from './apt'
import { freePort } from './free-port'

const DOCS = new URL('../../../../docs/', import.meta.url)

/** Bounds a program that does not come up. */
const START_LIMIT_MS = 30_000

export interface DaemonOptions {
  program: string
  /** The package of Debian that has it. */
  debian: string
  /** What stands in its file of settings. `folder` is its own, and goes with it. */
  settings: (port: number, folder: string) => string
  /** Its command line, by the path of that file. */
  args: (file: string) => string[]
  /** The address that it listens at. Default 127.0.0.1. */
  host?: string
}

type Process = ChildProcessByStdio<null, Readable, Readable>

export class Daemon {
  /** As `127.0.0.1:40123`. */
  readonly address: string
  readonly #process: Process
  readonly #folder: string
  #output = ''

  static async start({ program, debian, settings, args, host = '127.0.0.1' }: DaemonOptions): Promise<Daemon> {
    const path = await ensured(program, debian)
    const folder = await mkdtemp(join(tmpdir(), `${program}-`))
    const port = await freePort()
    const file = join(folder, 'settings')
    await writeFile(file, settings(port, folder))
    const child = spawn(path, args(file), { stdio: ['ignore', 'pipe', 'pipe'] })
    const daemon = new Daemon(child, `${host}:${port}`, folder)
    await daemon.#listening(port, host)
    return daemon
  }

  private constructor(child: Process, address: string, folder: string) {
    this.address = address
    this.#process = child
    this.#folder = folder
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      await exit
    }
    await rm(this.#folder, { recursive: true })
  }

  async #listening(port: number, host: string): Promise<void> {
    const limit = performance.now() + START_LIMIT_MS
    while (!(await answers(port, host))) {
      if (this.#process.exitCode !== null) throw new Error(`It ended:\n${this.#output}`)
      if (performance.now() > limit) throw new Error(`It does not listen:\n${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** The block of a page of the docs that begins so, without its first line: what is told there is what is tried. */
export async function settingsOfDocs(start: string, page = 'deployment'): Promise<string[]> {
  const [, rest] = (await readFile(new URL(`${page}.md`, DOCS), 'utf8')).split(`\n${start}\n`)
  if (rest === undefined) throw new Error(`docs/${page}.md has no block that begins with ${start}`)
  return (rest.split('\n```')[0] ?? '').split('\n')
}

/** Where a program is, which is installed if need be. */
export async function ensured(program: string, debian: string): Promise<string> {
  const found = pathOf(program)
  if (found !== undefined) return found
  const commands = aptCommands(debian)
  if (commands.length > 0) console.log(`No ${program} was found: installing the package ${debian} by apt-get.`)
  for (const command of commands) await run(command)
  const installed = pathOf(program)
  if (installed === undefined)
    throw new Error(`This test needs ${debian}. Install it, so that \`${program}\` is in the PATH.`)
  return installed
}

function pathOf(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin', '/usr/sbin', '/opt/homebrew/bin')
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

function answers(port: number, host: string): Promise<boolean> {
  const socket = connect(port, host)
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
