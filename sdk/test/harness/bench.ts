import { WebSocket } from 'ws'
import type { AnyEvent, LiveStreamClientOptions } from '../../src/index'
import { LiveStreamClient } from '../../src/index'
import { FakeClock } from './fake-clock'
import { ManualPage } from './manual-page'
import { type ScriptedConnection, ScriptedServer } from './scripted-server'

/** A real client over real sockets, whose server, clock, chance and page do what the test says. */
export class Bench {
  readonly clock = new FakeClock()
  readonly page: ManualPage
  readonly client: LiveStreamClient
  readonly server: ScriptedServer
  /** Every event but `stateChanged`, in order. */
  readonly events: AnyEvent[] = []
  /** What chance says: 0 makes every retry come at once. */
  chance = 0
  /** What this machine's clock shows, ms since the epoch. */
  wall = Date.now()

  static async open(options: Partial<LiveStreamClientOptions> = {}, page = new ManualPage()): Promise<Bench> {
    return new Bench(await ScriptedServer.start(), options, page)
  }

  /** With the room joined already. */
  static async joined(options: Partial<LiveStreamClientOptions> = {}): Promise<[Bench, ScriptedConnection]> {
    const bench = await Bench.open(options)
    const joining = bench.client.join()
    const line = await bench.server.connection(1)
    line.welcome()
    await joining
    return [bench, line]
  }

  private constructor(server: ScriptedServer, options: Partial<LiveStreamClientOptions>, page: ManualPage) {
    this.server = server
    this.page = page
    this.client = new LiveStreamClient(
      { url: server.url, room: 'test', WebSocket, logLevel: 'silent', ...options },
      {
        clock: this.clock,
        random: () => this.chance,
        wallNow: () => this.wall,
        randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
        page: () => page,
      },
    )
    this.client.on('*', (event) => {
      if (event.name !== 'stateChanged') this.events.push(event)
    })
  }

  names(): string[] {
    return this.events.map(({ name }) => name)
  }

  /** Lets the next try begin, and waits for the n-th connection. */
  async reconnected(n: number, afterMs = 0): Promise<ScriptedConnection> {
    this.clock.advance(afterMs)
    return this.server.connection(n)
  }

  close(): void {
    void this.client.leave()
    this.server.close()
  }
}
