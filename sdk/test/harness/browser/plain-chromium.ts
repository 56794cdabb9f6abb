import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { expect, inject } from 'vitest'
import { WebSocket } from 'ws'

type Target = { readonly url: string; readonly type: string; readonly webSocketDebuggerUrl: string }

/**
 * A Chromium with one tab and without Playwright, whose debugger stays attached: such a page is neither prerendered, nor frozen,
 * nor kept for the way back.
 */
export class PlainChromium {
  readonly #process: ChildProcessByStdio<null, null, Readable>
  readonly #folder: string
  readonly #host: string

  static async open(url: string): Promise<PlainChromium> {
    const folder = await mkdtemp(join(tmpdir(), 'peerstage-chromium-'))
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const ports = ['--remote-debugging-port=0', `--user-data-dir=${folder}`]
    const args = ['--headless=new', '--no-first-run', '--disable-features=HttpsUpgrades', ...sandbox, ...ports, url]
    const child = spawn(inject('chromium'), args, { stdio: ['ignore', 'ignore', 'pipe'] })
    return new PlainChromium(child, folder, await hostOf(child))
  }

  private constructor(child: ChildProcessByStdio<null, null, Readable>, folder: string, host: string) {
    this.#process = child
    this.#folder = folder
    this.#host = host
  }

  /** Has the page at a path do something, and looks away again. */
  async run(path: string, script: string): Promise<void> {
    await this.tell(path, 'Runtime.evaluate', { expression: `void (${script})` })
  }

  /** One command of the DevTools protocol, to the page at a path. Resolves when that is done, or the page has crashed by it. */
  async tell(path: string, method: string, params: object = {}): Promise<void> {
    const socket = new WebSocket((await this.#page(path)).webSocketDebuggerUrl)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const answered = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const { id, method } = JSON.parse(String(data))
        if (id === 1 || method === 'Inspector.targetCrashed') resolve()
      })
    })
    socket.send(JSON.stringify({ id: 0, method: 'Inspector.enable' }))
    socket.send(JSON.stringify({ id: 1, method, params }))
    await answered
    socket.close()
  }

  async close(): Promise<void> {
    const over = new Promise((resolve) => this.#process.once('close', resolve))
    this.#process.kill('SIGKILL')
    await over
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }

  async #page(path: string): Promise<Target> {
    let page: Target | undefined
    const look = async () => {
      const targets = (await (await fetch(`http://${this.#host}/json`)).json()) as Target[]
      page = targets.find(({ type, url }) => type === 'page' && new URL(url).pathname === path)
      return page !== undefined
    }
    await expect.poll(look, { timeout: 10_000 }).toBe(true)
    return page as unknown as Target
  }
}

/** Where its debugger listens, which it says first of all. */
function hostOf(child: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
      const url = /ws:\/\/\S+/.exec(said)?.[0]
      if (url !== undefined) resolve(new URL(url).host)
    })
    child.once('close', () => reject(new Error(`Chromium ended: ${said}`)))
  })
}
