import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Clock, PeerstageServerOptions, RoomLog } from '../../src/index'
import { type MortalLog, mortalLog } from './mortal-log'
import { makeServer, type Running, visitorsOf } from './running-server'
import type { Store } from './stores'
import type { TestClient, TestClientOptions } from './test-client'

type Life = {
  readonly http: Server
  readonly mortal: MortalLog
  readonly sockets: Set<Socket>
  readonly inner: RoomLog
}

/**
 * A server that can be killed, and restarted on the same port with the same log. After the kill
 * it sends no message, no goodbye either, and writes nothing.
 */
export class RestartableServer {
  readonly #store: Store
  readonly #options: PeerstageServerOptions & { readonly clock: Clock }
  #life: Life | undefined
  #port = 0

  constructor(store: Store, options: PeerstageServerOptions & { readonly clock: Clock }) {
    this.#store = store
    this.#options = options
  }

  async start(): Promise<Running> {
    const inner = this.#store.open()
    const mortal = mortalLog(inner)
    const server = makeServer({ ...this.#options, log: mortal.log })
    const http = createServer(server.requestListener)
    http.headersTimeout = 10_000
    const sockets = new Set<Socket>()
    http.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.attach(http)
    this.#life = { http, mortal, sockets, inner }
    await new Promise<void>((resolve) => http.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (http.address() as AddressInfo).port
    onTestFinished(async () => {
      await Promise.all([server.close({ deadlineMs: 0 }), ended(http, sockets)])
    })
    const url = `http://127.0.0.1:${this.#port}`
    return { url, server, ...visitorsOf(server, url) }
  }

  async kill(): Promise<void> {
    const life = this.#alive()
    life.mortal.die()
    await this.#bury(life)
  }

  /** Kills the server after the next call of this method of its log. Resolves then. */
  async killedAfter(method: keyof RoomLog): Promise<void> {
    const life = this.#alive()
    await life.mortal.dieAfter(method)
    await this.#bury(life)
  }

  #alive(): Life {
    if (this.#life === undefined) throw new Error('it does not run')
    return this.#life
  }

  async #bury({ http, sockets, inner }: Life): Promise<void> {
    this.#life = undefined
    await ended(http, sockets)
    await this.#store.release(inner)
  }
}

function ended(http: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  return new Promise((resolve) => http.close(() => resolve()))
}

/** The hello with which a page resumes after it lost its socket: it asks for the events after the last one that it folded. */
export async function goingOn(client: TestClient): Promise<TestClientOptions> {
  const { seq, instance } = await client.welcome()
  const { session, joinId, attempt } = client.hello
  const newest = client.events().at(-1)?.logged.seq ?? 0
  return { session, joinId, attempt: attempt + 1, seq: Math.max(seq, newest), instance }
}
