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

/** A server that fetches its keys from an endpoint, and its log lines. */
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
  /** Waits until the server has logged `count` warnings about the answers of the endpoint. */
  const faults = (count: number) => expect.poll(() => lines.filter((line) => line.level === 'warn')).toHaveLength(count)
  return { ...running, clock, lines, enter, fresh, faults }
}

/** Advances the clock to the next fetch of the keys, and waits for the request. */
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
