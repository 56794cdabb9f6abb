// A real TURN server on this machine, with the settings that docs/deployment.md gives.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Readable } from 'node:stream'
import { aptCommands, run } from '../apt'

const DOCS = new URL('../../../../docs/deployment.md', import.meta.url)

/** Bounds a server that does not come up. */
const START_LIMIT_MS = 30_000

type Process = ChildProcessByStdio<null, Readable, Readable>

export class Coturn {
  /** As `127.0.0.1:40123`. */
  readonly address: string
  readonly #process: Process
  readonly #folder: string
  #output = ''

  /** @param change turns the settings of the docs into others, line by line */
  static async start(change: (line: string) => string[] = (line) => [line]): Promise<Coturn> {
    const program = await ensureCoturn()
    const folder = await mkdtemp(join(tmpdir(), 'coturn-'))
    const port = await freePort()
    const settings = (await settingsOfDocs()).flatMap(change).flatMap((line) => here(line, port, folder))
    await writeFile(join(folder, 'turnserver.conf'), settings.join('\n'))
    const child = spawn(program, ['-c', join(folder, 'turnserver.conf')], { stdio: ['ignore', 'pipe', 'pipe'] })
    const coturn = new Coturn(child, port, folder)
    await coturn.#listening(port)
    return coturn
  }

  private constructor(child: Process, port: number, folder: string) {
    this.#process = child
    this.#folder = folder
    this.address = `127.0.0.1:${port}`
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit')
      this.#process.kill('SIGKILL')
      await exit
    }
    await rm(this.#folder, { recursive: true })
  }

  async #listening(port: number): Promise<void> {
    const limit = performance.now() + START_LIMIT_MS
    while (!(await answers(port))) {
      if (this.#process.exitCode !== null) throw new Error(`coturn ended:\n${this.#output}`)
      if (performance.now() > limit) throw new Error(`coturn does not listen:\n${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

/** A setting as it has to be here: one address, a free port, no certificate, and relays that may reach this very machine. */
function here(line: string, port: number, folder: string): string[] {
  if (/^(#|tls-listening-port|cert|pkey)/.test(line)) return []
  if (!line.startsWith('listening-port=')) return [line]
  return [
    `listening-port=${port}`,
    ...['listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', 'allow-loopback-peers', 'no-tls', 'no-dtls', 'no-cli'],
    ...['log-file=stdout', `pidfile=${join(folder, 'pid')}`, `userdb=${join(folder, 'users')}`],
  ]
}

async function settingsOfDocs(): Promise<string[]> {
  const [, block] = /```ini\n# \/etc\/turnserver\.conf\n([\s\S]*?)```/.exec(await readFile(DOCS, 'utf8')) ?? []
  if (block === undefined) throw new Error('docs/deployment.md gives no settings of coturn.')
  return block.trim().split('\n')
}

async function ensureCoturn(): Promise<string> {
  const found = coturnPath()
  if (found !== undefined) return found
  const commands = aptCommands('coturn')
  if (commands.length > 0) console.log('No coturn was found: installing the package coturn by apt-get.')
  for (const command of commands) await run(command)
  const installed = coturnPath()
  if (installed === undefined)
    throw new Error('This test needs coturn. Install it, so that `turnserver` is in the PATH.')
  return installed
}

function coturnPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/bin', '/opt/homebrew/bin')
  return folders.map((folder) => join(folder, 'turnserver')).find((path) => existsSync(path))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
