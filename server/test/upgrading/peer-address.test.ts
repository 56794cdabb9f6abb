import { Socket } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSubnet, peerAddress } from '../../src/config/network'
import { checkSettings } from '../../src/config/settings'
import { runServer } from '../harness/running-server'

function behindProxies(trustProxy: number | readonly string[], remote = '10.0.0.1') {
  const warnings: string[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    error: () => {},
    warn: (_: object, text: string) => warnings.push(text),
  }
  const addressOf = peerAddress(trustProxy, logger)
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: remote })
  const address = (forwarded?: string) =>
    addressOf({ socket, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })
  return { address, warnings }
}

test.each<[number, string | undefined, string]>([
  [0, '203.0.113.7', '10.0.0.1'],
  [1, '203.0.113.7', '203.0.113.7'],
  [1, 'a lie, 203.0.113.7', '203.0.113.7'],
  [2, '198.51.100.1, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
  [2, '203.0.113.7', '10.0.0.1'],
  [1, 'no address', '10.0.0.1'],
  [1, undefined, '10.0.0.1'],
  [1, '2001:db8::1', '2001:db8::1'],
  [1, '203.0.113.7:4711', '203.0.113.7'],
  [1, '[2001:db8::1]', '2001:db8::1'],
  [1, '[2001:db8::1]:4711', '2001:db8::1'],
  [1, '[no address]:4711', '10.0.0.1'],
])('behind %i proxies, "%s" is %s', (trustProxy, forwarded, expected) => {
  expect(behindProxies(trustProxy).address(forwarded)).toBe(expected)
})

test('a proxy that was not spoken of is warned of, once', () => {
  const { address, warnings } = behindProxies(0)
  address()
  expect(warnings).toEqual([])
  address('203.0.113.7')
  address('203.0.113.8')
  expect(warnings).toHaveLength(1)
})

test.each<[string, string, string | undefined, string]>([
  ['the proxy saw it', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['the client adds a lie', '10.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['two proxies', '10.0.0.1', '203.0.113.7, 10.9.9.9', '203.0.113.7'],
  ['a lie that looks like a proxy', '10.0.0.1', '10.1.1.1, 203.0.113.7, 10.9.9.9', '203.0.113.7'],
  ['the proxy in IPv6, as a socket of both kinds writes it', '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['a proxy of IPv6', '2001:db8:5::9', '2001:db8:ffff::1, [2001:db8:5::8]:443', '2001:db8:ffff::1'],
  ['one address', '192.0.2.5', '203.0.113.7', '203.0.113.7'],
  ['its neighbour', '192.0.2.6', '203.0.113.7', '192.0.2.6'],
  ['who comes past the proxy', '198.51.100.9', '203.0.113.7', '198.51.100.9'],
  ['only proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['no address', '10.0.0.1', 'unknown', '10.0.0.1'],
  ['no address before a proxy', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
  ['nothing', '10.0.0.1', undefined, '10.0.0.1'],
  ['an address with a zone', 'fe80::1%eth0', '203.0.113.7', 'fe80::1%eth0'],
])('with subnets that are trusted: %s', (_, remote, forwarded, expected) => {
  const { address } = behindProxies(['10.0.0.0/8', '192.0.2.5', '2001:db8:5::/48'], remote)
  expect(address(forwarded)).toBe(expected)
})

test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0/8', 'localhost', '::1/129', '1.2.3.4/8/8', '::ffff:10.0.0.0/95', ''])(
  '%j is no subnet',
  (text) => {
    expect(() => checkSettings({ trustProxy: [text] })).toThrow(
      /^trustProxy\.0 must be a whole number from 0 to 10, or a list/,
    )
  },
)

test('IPv4 within IPv6 is a subnet of IPv4', () => {
  const { address } = behindProxies(['::ffff:10.0.0.0/104'], '10.1.2.3')
  expect(address('203.0.113.7')).toBe('203.0.113.7')
})

test('whatever counts as a subnet can be one', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((each) => `::ffff:${each}`),
  )
  const subnet = fc.tuple(address, fc.integer({ min: 0, max: 140 })).map(([each, bits]) => `${each}/${bits}`)
  fc.assert(
    fc.property(fc.oneof(address, subnet, fc.string()), (text) => {
      fc.pre(isSubnet(text))
      expect(() => behindProxies([text])).not.toThrow()
    }),
  )
})

test('a proxy of a private address that is not in the list is warned of, and a stranger with the header is not', () => {
  const stranger = behindProxies(['10.0.0.0/8'], '198.51.100.9')
  stranger.address('203.0.113.7')
  expect(stranger.warnings).toEqual([])
  const proxy = behindProxies(['10.0.0.0/8'], '172.16.0.1')
  proxy.address('203.0.113.7')
  expect(proxy.warnings).toHaveLength(1)
})

test('behind a proxy the sockets of one address are counted', async () => {
  const { enter } = await runServer({ trustProxy: 1, maxSocketsPerAddress: 1 })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  await (await enter('hall', 'ada', { role: 'host', headers: from('203.0.113.7') })).welcome()
  const rejected = await enter('hall', 'eve', { headers: from('203.0.113.7') })
  expect(await rejected.goodbye()).toMatchObject({ code: 'busy', close: 4503 })
  await (await enter('hall', 'bob', { headers: from('203.0.113.8') })).welcome()
})

test('sixty people behind one address are in, unless it is to be otherwise [R7.17]', async () => {
  const { enter } = await runServer({ trustProxy: 1 })
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  const sixty = await Promise.all(Array.from({ length: 60 }, (_, n) => enter(`room-${n}`, 'ada', { headers })))
  await Promise.all(sixty.map((client) => client.welcome()))
})
