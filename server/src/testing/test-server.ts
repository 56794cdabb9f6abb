import { randomBytes, randomInt } from 'node:crypto'
import {
  type Clock,
  createPeerstageServer,
  memoryLog,
  type PeerstageServer,
  type PeerstageServerOptions,
  type TokenOptions,
} from '../index'
import { breakable } from './breakable-log'
import { FaultProxy, type Outages } from './fault-proxy'
import { type CloseRule, createFaults, type DelayRule, type Faults } from './faults'
import { MessageFaults } from './message-faults'
import type { MessageRule } from './message-rule'
import { seededRandom } from './seeded-random'
import { TestClock } from './test-clock'

/** Faults from the first connection on, as the methods of the same names set them. */
export type InitialFaults = {
  /** Messages that are lost. Default: none. */
  readonly drop?: MessageRule
  /** Messages that arrive twice. Default: none. */
  readonly duplicate?: MessageRule
  /** Messages that arrive late. Default: none. */
  readonly delay?: DelayRule
  /** Messages at which the connection breaks. Default: none. */
  readonly closeAt?: CloseRule
}

/**
 * The options of a server, and its first faults. Some defaults differ: `auth` has a random secret (unless `dev` is
 * true), no ICE servers, nothing is logged, and metrics are at `/metrics`.
 */
export type TestServerOptions = Omit<PeerstageServerOptions, 'clock'> & {
  /** Faults from the first connection on. Default: none. */
  readonly faults?: InitialFaults
  /** Seed of the random numbers for rules with a `probability`: the same seed gives the same numbers. Default: a random one. */
  readonly seed?: number
}

/** A real server on a free port of this machine, with faults that a test can set. */
export interface TestServer {
  /** The URL for clients and REST, like `http://127.0.0.1:41234`. */
  readonly url: string
  /** Faults of messages, connections, tokens and the log. */
  readonly faults: Faults
  /** The seed in use. Print it when a test with a `probability` fails. */
  readonly seed: number
  /** The clock of the server: the machine's time plus the time that a test added. Clients have their own clocks. */
  readonly clock: Clock & {
    /**
     * Advances the clock of the server, for grace periods, expiry of tokens and empty rooms. It advances in small steps, and clients answer the
     * server's pings in between, so that only stalled clients count as dead.
     */
    advance(ms: number): Promise<void>
  }
  /** The API for the server's rooms. */
  readonly rooms: PeerstageServer['rooms']
  /** Makes a token, different each time. It expires by the server's clock. @throws as `signToken` */
  token(options: TokenOptions): Promise<string>
  /** Lifts all faults, and drains the server: clients get a goodbye. Takes at most `deadlineMs` (default 1000). Idempotent. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

const DEFAULT_DEADLINE_MS = 1000

/**
 * Starts a real server for a test, on a free port of this machine. The test can inject faults: lost, late and duplicate messages, broken
 * and half-open connections, expired tokens, a log that is down.
 *
 * @example
 * ```ts
 * import { createTestServer } from '@peerstage/server/testing'
 *
 * const server = await createTestServer()
 * const token = await server.token({ room: 'test', identity: 'ada', name: 'Ada', role: 'host' })
 * // … your app joins at server.url with the token …
 * server.faults.close({ identity: 'ada' })
 * // … it shows that it reconnects, and goes on …
 * await server.close()
 * ```
 *
 * @throws ConfigError as `createPeerstageServer`
 */
export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { faults: first, seed = randomInt(2 ** 31), log: given, ...data } = options
  const clock: TestClock = new TestClock(async () => {
    await Promise.all(proxy.connections().map((connection) => connection.settle()))
    await new Promise<void>((resolve) => clock.nextTurn(resolve))
  })
  const log = breakable(given ?? memoryLog(clock))
  const live = createPeerstageServer({ ...defaults(data), ...data, log: log.log, clock })
  const messages = new MessageFaults(clock, seededRandom(seed))
  const outages: Outages = new Set()
  const expired = new Set<string>()
  const { requestListener } = live
  const proxy: FaultProxy = new FaultProxy({ faults: messages, clock, expired, outages, requestListener })
  const faults = createFaults({ messages, proxy, outages, expired, log })
  setInitial(faults, first)
  const url = await proxy.listen((await live.listen(0, '127.0.0.1')).url)
  return {
    url,
    faults,
    seed,
    clock,
    rooms: live.rooms,
    token: tokenMaker(live),
    async close({ deadlineMs = DEFAULT_DEADLINE_MS } = {}) {
      faults.clear()
      await live.close({ deadlineMs })
      await proxy.close()
    },
  }
}

function defaults({ dev }: TestServerOptions): PeerstageServerOptions {
  const quiet: PeerstageServerOptions = { iceServers: [], logLevel: 'silent', metrics: { public: true } }
  return dev ? quiet : { ...quiet, auth: { secret: randomBytes(32) } }
}

/** Makes tokens by the server's clock. No two are equal, so that a fault that expires one does not expire the next one. */
function tokenMaker({ tokens }: PeerstageServer): TestServer['token'] {
  const made = new Set<string>()
  return async ({ expiresInSeconds = 3600, ...options }) => {
    for (let life = expiresInSeconds; ; life++) {
      const token = await tokens.sign({ ...options, expiresInSeconds: life })
      if (made.has(token)) continue
      made.add(token)
      return token
    }
  }
}

function setInitial(faults: Faults, { drop, duplicate, delay, closeAt }: InitialFaults = {}): void {
  if (drop !== undefined) faults.drop(drop)
  if (duplicate !== undefined) faults.duplicate(duplicate)
  if (delay !== undefined) faults.delay(delay)
  if (closeAt !== undefined) faults.closeAt(closeAt)
}
