import { RoomHouse } from '../harness/room-house'
import { Child, compile } from './child'

type Program = Awaited<ReturnType<typeof compile>>

/** A room at a real server, and programs of this folder that come to it, each in a process of its own. */
export class NodeRoom {
  readonly #house = new RoomHouse()
  /** One server for all that start at the same time. */
  #url: Promise<string> | undefined
  readonly #programs = new Map<string, Promise<Program>>()
  readonly #children: { kill(): void }[] = []

  get server(): RoomHouse['server'] {
    return this.#house.server
  }

  /** Starts a program with the arguments that all have (the server's url, its name, its token), and `args` behind them. */
  async start<Up, Down>(
    program: string,
    { name, role }: { name: string; role: 'host' | 'guest' },
    args: readonly string[],
  ): Promise<Child<Up, Down>> {
    this.#url ??= this.#house.url()
    const url = await this.#url
    const compiled = this.#programs.get(program) ?? compile(program)
    this.#programs.set(program, compiled)
    const [{ path }, token] = await Promise.all([
      compiled,
      this.server.token({ room: 'node', identity: name, name, role }),
    ])
    const child = new Child<Up, Down>(path, [url, name, token, ...args])
    this.#children.push(child)
    return child
  }

  /** Ends what is left of them, and the server. */
  async close(): Promise<void> {
    for (const child of this.#children.splice(0)) child.kill()
    await this.#house.close()
    this.#url = undefined
    const programs = await Promise.all(this.#programs.values())
    this.#programs.clear()
    await Promise.all(programs.map((program) => program.remove()))
  }
}

/** The next message of that type. Throws what the process complains of, and when it ends instead. */
export async function until<Up extends { type: string }, K extends Up['type']>(
  child: Child<Up, unknown>,
  type: K,
): Promise<Extract<Up, { type: K }>> {
  for (;;) {
    const message = await child.next()
    if (message.type === 'failed') throw new Error('reason' in message ? String(message.reason) : 'failed')
    if (message.type === type) return message as Extract<Up, { type: K }>
  }
}
