// A program in a process of its own, spoken to by messages: each request has one answer.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

type Answer = { readonly re: number; readonly result?: unknown; readonly error?: string }

export class Program {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #lastId = 0

  /** Starts a program of the bench by its file's name. It ends with this process. */
  constructor(name: string, args: readonly string[] = []) {
    const path = fileURLToPath(new URL(`./${name}.js`, import.meta.url))
    this.#child = fork(path, args, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#exit = once(this.#child, 'exit').then(() => this.#fail(`${name} ended`))
    this.#child.on('message', (answer: Answer) => this.#take(answer))
  }

  /** @throws (rejects with) Error what the program threw, or that it ended */
  async ask<Result>(request: string, payload: unknown = {}): Promise<Result> {
    if (!this.#child.connected) throw new Error(`${request}: the program has ended`)
    const id = ++this.#lastId
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve))
    this.#child.send({ id, request, payload })
    const { result, error } = await answer
    if (error !== undefined) throw new Error(`${request}: ${error}`)
    return result as Result
  }

  /** SIGKILL: it gets no chance to say or write anything. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }

  #take(answer: Answer): void {
    this.#waiting.get(answer.re)?.(answer)
    this.#waiting.delete(answer.re)
  }

  #fail(error: string): void {
    for (const [re, resolve] of this.#waiting) resolve({ re, error })
    this.#waiting.clear()
  }
}
