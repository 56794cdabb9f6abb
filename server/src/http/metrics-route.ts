import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { createReject, type RejectionMeter } from './problem'
import { type AccessResult, rejectionOf } from './require-access'

export type MetricsRoutePorts = {
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
  /** The token that a reader must send; undefined: none. */
  readonly token: string | undefined
  readonly meter: RejectionMeter
}

/** `/metrics`, for Prometheus. */
export function metricsRoute({ metrics, token, meter }: MetricsRoutePorts): Hono {
  const app = new Hono()
  const rule = { reject: createReject(meter), needed: 'the token of the metrics' }
  app.get('/metrics', async (c) => {
    const rejection =
      token === undefined ? undefined : await rejectionOf(c, async (shown) => compareTokens(shown, token), rule)
    return rejection ?? c.body(await metrics.text(), 200, { 'content-type': metrics.contentType })
  })
  return app
}

/** Compares hashes in constant time, so that the time reveals nothing about the token. */
function compareTokens(shown: string, token: string): AccessResult {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (timingSafeEqual(digest(shown), digest(token))) return { ok: true }
  return { ok: false, error: { why: 'unauthorized', fault: 'another token than that of the metrics' } }
}
