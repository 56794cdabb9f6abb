import { expect, test } from 'vitest'
import { addressLabels, isPublic, networkOf } from '../../src/config/network'
import { SocketQuota } from '../../src/gateway/limits/socket-quota'

const limits = { maxSockets: 5, maxSocketsPerAddress: 2, maxVerifying: 3 }

test('a public address may have so many sockets, and more when some have gone [R7.9]', () => {
  const quota = new SocketQuota(limits)
  const first = quota.acquire('203.0.113.7')
  quota.acquire('203.0.113.7')
  expect(quota.acquire('203.0.113.7')).toEqual({ ok: false, error: 'address_full' })
  if (first.ok) first.lease.release()
  expect(quota.acquire('203.0.113.7')).toMatchObject({ ok: true })
})

test('addresses behind a proxy share one, so they are not counted by it', () => {
  const quota = new SocketQuota(limits)
  for (let i = 0; i < 3; i++) expect(quota.acquire('10.0.0.1')).toMatchObject({ ok: true })
})

test('so many may be in verification at once [R7.9]', () => {
  const quota = new SocketQuota(limits)
  const leases = [1, 2, 3].map(() => quota.acquire('127.0.0.1'))
  expect(quota.acquire('127.0.0.1')).toEqual({ ok: false, error: 'verifying_full' })
  for (const each of leases) if (each.ok) each.lease.verified()
  expect(quota.acquire('127.0.0.1')).toMatchObject({ ok: true })
  expect(quota.sockets).toBe(4)
})

test('who leaves twice is counted once', () => {
  const quota = new SocketQuota(limits)
  const result = quota.acquire('127.0.0.1')
  if (result.ok) {
    result.lease.release()
    result.lease.verified()
    result.lease.release()
  }
  expect(quota.sockets).toBe(0)
})

test.each([
  ['127.0.0.1', false],
  ['::1', false],
  ['::ffff:10.1.2.3', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['169.254.1.1', false],
  ['100.64.0.1', false],
  ['100.128.0.1', true],
  ['fd00::1', false],
  ['fe80::1', false],
  ['2001:db8::1', true],
  ['::ffff:203.0.113.7', true],
  ['203.0.113.7', true],
  ['no address', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublic(address)).toBe(expected)
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:0:7::1', '2001:db8:0:7'],
  ['2001:0DB8:0:0007:ffff:2:3:4', '2001:db8:0:7'],
  ['2001:db8::', '2001:db8:0:0'],
  ['2001::7:1:2:3:4', '2001:0:0:7'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('the audit log has a hash of an address, the same for its network as long as the process lives, or the address itself', () => {
  const [hashed, inTheClear] = [addressLabels(false), addressLabels(true)]
  expect(hashed('203.0.113.7').address).toMatch(/^[0-9a-f]{16}$/)
  expect(hashed('::ffff:203.0.113.7')).toEqual(hashed('203.0.113.7'))
  expect(hashed('203.0.113.8')).not.toEqual(hashed('203.0.113.7'))
  expect(hashed('2001:db8:0:7::1')).toEqual(hashed('2001:db8:0:7:ffff::1'))
  // There are so few addresses of IPv4 that all could be tried: the key of one process is not that of another.
  expect(addressLabels(false)('203.0.113.7')).not.toEqual(hashed('203.0.113.7'))
  expect(inTheClear('::ffff:203.0.113.7')).toEqual({ address: '203.0.113.7' })
  expect(inTheClear('2001:db8:0:7::1')).toEqual({ address: '2001:db8:0:7::/64' })
  expect(hashed(undefined)).toEqual({})
})
