/** What `/metrics` says of a name with its labels, written as Prometheus writes them; 0 where it says nothing. */
export async function scrape(url: string, series: string): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  const found = lines.find((line) => line.startsWith(`${series} `))
  return found === undefined ? 0 : Number(found.slice(series.length + 1))
}

/** How often something was rejected for a reason. */
export const rejections = (url: string, reason: string): Promise<number> =>
  scrape(url, `peerstage_rejections_total{reason="${reason}"}`)

/** Everything that was rejected so far, by reason. */
export async function allRejections(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const found = text.matchAll(/^peerstage_rejections_total\{reason="(\w+)"\} (\d+)$/gm)
  return new Map([...found].map(([, reason = '', count]) => [reason, Number(count)]))
}
