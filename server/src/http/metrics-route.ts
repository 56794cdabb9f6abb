import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { refusalOf, type Verdict } from './gate'
import { type Refusals, refusing } from './problem'

export type MetricsRouteParts = {
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> }
  /** What a reader must show; undefined: nothing. */
  readonly token: string | undefined
  readonly meter: Refusals
}

/** `/metrics`, for Prometheus. */
export function metricsRoute({ metrics, token, meter }: MetricsRouteParts): Hono {
  const app = new Hono()
  const gate = { refuse: refusing(meter), needed: 'the token of the metrics' }
  app.get('/metrics', async (c) => {
    const refusal = token === undefined ? undefined : await refusalOf(c, async (shown) => verdictOn(shown, token), gate)
    return refusal ?? c.body(await metrics.text(), 200, { 'content-type': metrics.contentType })
  })
  return app
}

/** Compared as hashes, in a time that tells nothing of either. */
function verdictOn(shown: string, token: string): Verdict {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (timingSafeEqual(digest(shown), digest(token))) return 'allowed'
  return { why: 'unauthorized', fault: 'another token than that of the metrics' }
}
