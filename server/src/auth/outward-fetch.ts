import { isLocalName } from './local-request'

/** A request to another server. The answer is read by `read`; then the connection may end. */
export type Asking<T> = {
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
  readonly read: (response: Pick<Response, 'status' | 'body'>) => Promise<T>
}

/**
 * A `fetch` that follows no redirects. For https it uses the proxy of the environment variable `HTTPS_PROXY`, except for hosts in
 * `NO_PROXY` and for this machine. Node's own `fetch` reads these variables since Node 24, and only if that is turned on.
 *
 * @throws (rejects with) the errors of `fetch`, and a TypeError if the address of the proxy is not valid
 */
export async function fetchOutward<T>(url: string, { signal, headers, read }: Asking<T>): Promise<T> {
  const init = { signal, headers, redirect: 'manual' } as const
  const httpsProxy = proxyFor(url)
  if (httpsProxy === undefined) return read(await fetch(url, init))
  // Loaded only where there is a proxy.
  const { EnvHttpProxyAgent, fetch: fetchThrough } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent({ httpsProxy, httpProxy: '' })
  try {
    return await read((await fetchThrough(url, { ...init, dispatcher })) as Response)
  } finally {
    await dispatcher.destroy()
  }
}

/** The proxy for it, unless `NO_PROXY` leaves that out. The variable in small letters counts first, as it does for curl. */
export function proxyFor(url: string): string | undefined {
  const { protocol, hostname } = new URL(url)
  const { https_proxy, HTTPS_PROXY } = process.env
  return protocol === 'https:' && !isLocalName(hostname) ? https_proxy || HTTPS_PROXY || undefined : undefined
}
