import type { JsonWebKey } from 'node:crypto'
import * as v from 'valibot'
import { fetchOutward, proxyFor } from './outward-fetch'

/** Far more than any set of keys takes. */
const MAX_BYTES = 256 * 1024

/** Why there is no set: a word of ours. What the endpoint answered is not repeated. */
export class JwksFault extends Error {
  override readonly name = 'JwksFault'
}

/** RFC 7517 §5: unknown members of a key are ignored. */
const jwks = v.object({ keys: v.array(v.record(v.string(), v.unknown())) })

/** Gets a JSON Web Key Set. Redirects are not followed. @throws JwksFault */
export async function fetchJwks(url: string, signal: AbortSignal): Promise<readonly JsonWebKey[]> {
  const text = await fetchText(url, signal).catch((error: unknown) => {
    throw error instanceof JwksFault
      ? error
      : new JwksFault(signal.aborted ? 'no answer in time' : networkFault(url, error))
  })
  const set = v.safeParse(jwks, parse(text), { abortEarly: true })
  if (!set.success) throw new JwksFault('the answer is no JSON Web Key Set')
  return set.output.keys
}

const fetchText = (url: string, signal: AbortSignal): Promise<string> =>
  fetchOutward(url, { signal, headers: { accept: 'application/json' }, read: textOf })

async function textOf(response: Pick<Response, 'status' | 'body'>): Promise<string> {
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new JwksFault(`the answer is HTTP ${response.status}`)
  }
  const reader = response.body?.getReader()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    bytes += read.value.byteLength
    if (bytes > MAX_BYTES) {
      await reader?.cancel()
      throw new JwksFault('the answer is too large')
    }
    chunks.push(read.value)
  }
  return Buffer.concat(chunks).toString()
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `fetch` wraps what went wrong; its code (`ECONNREFUSED`) tells enough. */
function networkFault(url: string, error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
  const way = proxyFor(url) === undefined ? '' : ' by the proxy of HTTPS_PROXY'
  return `the endpoint cannot be reached${way}: ${code}`
}
