import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { peerAddress } from '../../src/gateway/peer-address'
import { upgradeStatus } from './raw-upgrade'
import { runServer } from './running-server'

function behindProxies(trustProxy: number) {
  const warnings: string[] = []
  const journal = {
    debug: () => {},
    info: () => {},
    error: () => {},
    warn: (_: object, text: string) => warnings.push(text),
  }
  const addressOf = peerAddress(trustProxy, journal)
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: '10.0.0.1' })
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

test('behind a proxy the sockets of one address are counted', async () => {
  const { url, enter } = await runServer({ trustProxy: 1, maxSocketsPerAddress: 1 })
  const from = (address: string) => ({ 'x-forwarded-for': address })
  await (await enter('hall', 'ada', { role: 'host', headers: from('203.0.113.7') })).welcome()
  expect(await upgradeStatus(url, '/v1/rooms/hall', from('203.0.113.7'))).toBe(429)
  await (await enter('hall', 'bob', { headers: from('203.0.113.8') })).welcome()
})
