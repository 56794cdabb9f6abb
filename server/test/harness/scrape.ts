/** The value of a series in `/metrics`, named as Prometheus writes it; 0 where it is missing. */
export async function scrape(url: string, series: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  const found = lines.find((line) => line.startsWith(`${series} `))
  return found === undefined ? 0 : Number(found.slice(series.length + 1))
}

/** How many rejections were counted for a reason. */
export const rejections = (url: string, reason: string): Promise<number> =>
  scrape(url, `peerstage_rejections_total{reason="${reason}"}`)

/** All counted rejections, by reason. */
export async function allRejections(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = text.matchAll(/^peerstage_rejections_total\{reason="(\w+)"\} (\d+)$/gm)
  return new Map([...found].map(([, reason = '', count]) => [reason, Number(count)]))
}
