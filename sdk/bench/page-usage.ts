import type { Page } from 'playwright-core'

/** What a page's process and its main thread used so far. */
export type PageUsage = { readonly cpuMs: number; readonly mainThreadMs: number }

/** Reads it from the browser. The page has its process for itself. */
export async function usageMeter(page: Page): Promise<() => Promise<PageUsage>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const seconds = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
    return { cpuMs: seconds('ProcessTime') * 1000, mainThreadMs: seconds('TaskDuration') * 1000 }
  }
}
