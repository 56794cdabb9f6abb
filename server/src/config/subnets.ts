import { BlockList, isIP } from 'node:net'

/** An address without its zone. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), as dual-stack sockets report it, becomes the IPv4 address. */
export function plainAddress(address: string): string {
  const plain = address.split('%', 1)[0] ?? ''
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain
}

/** Whether an address is in one of the subnets. An invalid subnet contains no address. */
export function subnetList(subnets: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const subnet of subnets.map(subnetOf)) if (subnet !== undefined) list.addSubnet(...subnet)
  return (address) => isIP(address) !== 0 && list.check(...typed(address))
}

/** Whether a text is an address, or a subnet like `10.0.0.0/8`. */
export const isSubnet = (text: string): boolean => subnetOf(text) !== undefined

/** The bits before the IPv4 address in an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
const BITS_BEFORE_IPV4 = 96

/** The arguments for a block list; undefined for an invalid subnet. An IPv4-mapped subnet becomes one of IPv4, as addresses do. */
function subnetOf(text: string): [plain: string, bits: number, family: 'ipv4' | 'ipv6'] | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const written = { 4: 32, 6: 128 }[isIP(address)]
  if (written === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits ?? '0')) return undefined
  const [plain, family] = typed(address)
  const before = isIP(address) === 6 && family === 'ipv4' ? BITS_BEFORE_IPV4 : 0
  const count = Number(bits ?? written)
  return count < before || count > written ? undefined : [plain, count - before, family]
}

function typed(address: string): [plain: string, family: 'ipv4' | 'ipv6'] {
  const plain = plainAddress(address)
  return [plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6']
}
