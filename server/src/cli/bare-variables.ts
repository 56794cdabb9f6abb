import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLoopbackAddress } from '../auth/local-request'
import type { Environment, Flags } from './setting-sources'
import { SETTINGS } from './settings-table'

/**
 * Many programs use `HOST` and `PORT`: hosting services set them for the server that they start, but shells, conda and container
 * links set them for other purposes. So they count only if their value is a port or an address of this machine. Otherwise they are ignored, with a note.
 * A variable that a flag or a `PEERSTAGE_` variable overrides is not checked, because a DNS lookup may take seconds.
 */
export async function ownVariables(env: Environment, flags: Flags = {}, resolve: Resolve = addressesOf): Promise<Ours> {
  const kept = { ...env }
  const notes: string[] = []
  for (const { path, variable, isMet, what } of MEANINGS) {
    const { env: ours = '', flag = '', [variable]: name = '' } = SETTINGS.find((each) => each.path === path) ?? {}
    if (flags[flag] || (name !== ours && kept[ours])) continue
    const text = env[name]?.trim()
    if (!text || (await isMet(text, resolve))) continue
    delete kept[name]
    notes.push(`${name} is not a ${what} and is ignored: set ${ours} or --${flag} instead.`)
  }
  return { env: kept, notes }
}

type Ours = { readonly env: Environment; readonly notes: readonly string[] }
type Resolve = (host: string) => Promise<readonly string[]>

/** How to recognize that a variable is meant for this server. */
type Meaning = {
  readonly path: string
  readonly variable: 'env' | 'bare'
  readonly what: string
  isMet(text: string, resolve: Resolve): boolean | Promise<boolean>
}

const MEANINGS: readonly Meaning[] = [
  {
    path: 'port',
    variable: 'env',
    what: 'port number but the address of a Kubernetes Service',
    // Kubernetes sets it in every container if a Service is called "peerstage".
    isMet: (text) => !/^(tcp|udp|sctp):\/\//.test(text),
  },
  {
    path: 'port',
    variable: 'bare',
    what: 'port number',
    isMet: (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
  },
  { path: 'host', variable: 'bare', what: 'name or address of this machine', isMet: isOwnHost },
]

/** An IP address is not checked, because the machine may get it a moment later. */
async function isOwnHost(text: string, resolve: Resolve): Promise<boolean> {
  if (isIP(text) !== 0 || text === 'localhost') return true
  const own = new Set(Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []))
  const found = await resolve(text).catch(() => [])
  return found.some((address) => own.has(address) || isLoopbackAddress(address))
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
