import { expect } from 'vitest'
import type { PeerstageServerOptions } from '../../src/index'
import { FakeClock } from './fake-clock'
import type { JwksEndpoint } from './jwks-endpoint'
import { passTime } from './passing-time'
import { runServer } from './running-server'
import { type SigningPair, signedBy } from './signing-keys'
import type { TestClient } from './test-client'

export const REFRESH_SECONDS = 600
export const MAX_AGE_SECONDS = 900

type Line = { level: string; message: string } & Record<string, unknown>

/** A server that gets its keys from an endpoint, and a log that the test reads. */
export async function served(endpoint: JwksEndpoint) {
  const clock = new FakeClock()
  const lines: Line[] = []
  const level = (name: string) => (fields: object, message: string) =>
    void lines.push({ ...fields, level: name, message })
  const logger: NonNullable<PeerstageServerOptions['logger']> = {
    debug: level('debug'),
    info: level('info'),
    warn: level('warn'),
    error: level('error'),
  }
  const auth = { jwksUrl: endpoint.url, jwksRefreshSeconds: REFRESH_SECONDS, jwksMaxAgeSeconds: MAX_AGE_SECONDS }
  const running = await runServer({ auth, clock, logger })
  const exp = () => Math.floor(clock.now() / 1000) + 24 * 3600
  const enter = async (pair: SigningPair, sub = 'ada') =>
    running.connect('hall', { token: await signedBy(pair, { sub, exp: exp() }) })
  const fresh = (pair: SigningPair, sub = 'ada') => signedBy(pair, { sub, exp: exp() })
  /** Until the server has done with the answer that it asked for. */
  const faults = (count: number) => expect.poll(() => lines.filter((line) => line.level === 'warn')).toHaveLength(count)
  return { ...running, clock, lines, enter, fresh, faults }
}

/** Lets the time for the next reading come, and waits until the endpoint was asked. */
export async function nextReading(
  endpoint: JwksEndpoint,
  clock: FakeClock,
  ms: number,
  ...alive: TestClient[]
): Promise<void> {
  const before = endpoint.asked()
  await passTime(clock, ms, ...alive)
  await expect.poll(endpoint.asked).toBe(before + 1)
}
