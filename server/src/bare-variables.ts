import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Environment } from './command-line-sources'

/**
 * `HOST` and `PORT` belong to no program: hosting services set them for the server that they start, and shells, conda and container
 * links for ends of their own. So they count only where they say where to listen; else they are left out, with a line that says so.
 */
export async function withoutForeign(env: Environment, args: readonly string[] = []): Promise<Ours> {
  const kept = { ...env }
  const notes: string[] = []
  for (const [name, isOurs, what] of BARE) {
    const text = env[name]?.trim()
    if (!text || (await isOurs(text))) continue
    delete kept[name]
    const [ours, flag] = name === 'HOST' ? ['PEERSTAGE_HOST', '--host'] : ['PEERSTAGE_PORT', '--port']
    const isSaid = (name !== ours && env[ours]) || args.some((each) => each === flag || each.startsWith(`${flag}=`))
    if (!isSaid) notes.push(`${name} is no ${what}, and is ignored: ${ours} or ${flag} says where to listen.`)
  }
  return { env: kept, notes }
}

type Ours = { readonly env: Environment; readonly notes: readonly string[] }

/** The address of a Service that is called "peerstage", as Kubernetes gives it to every container. */
const isOfNoService = (text: string): boolean => !/^(tcp|udp|sctp):\/\//.test(text)

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

/** An address is taken by its word: it may be there in a moment. */
async function isOwnHost(text: string): Promise<boolean> {
  if (isIP(text) !== 0 || text === 'localhost') return true
  const own = new Set(Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []))
  const found = await lookup(text, { all: true }).catch(() => [])
  return found.some(({ address }) => own.has(address) || /^127\./.test(address))
}

const BARE = [
  ['PEERSTAGE_PORT', isOfNoService, 'port number but the address of a Service of Kubernetes'],
  ['PORT', isPort, 'port number'],
  ['HOST', isOwnHost, 'name or address of this machine'],
] as const
