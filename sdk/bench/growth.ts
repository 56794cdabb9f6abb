// How costs grow: those of a client with the links that it makes, and those of a server.
import { serverGrowth } from '../../server/bench/growth'
import type { Row } from '../../server/bench/harness/result'
import type { BenchOptions } from '../../server/bench/harness/rounds'
import { withBrowser } from './bench-browser'
import { newcomerTo } from './newcomer'

const FULL = [1, 4, 9, 19]
const TINY = [1]

export async function growth(options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = []
  await withBrowser(async (browser) => {
    for (const value of options.isTiny ? TINY : FULL) {
      rows.push(...(await newcomerTo(browser, value, options, { axis: 'links of the newcomer', value })))
    }
  })
  return [...rows, ...(await serverGrowth(options))]
}
