import { expect, test } from 'vitest'
import { LocalCandidates } from '../../src/peering/local-candidates'
import { FakeClock } from '../harness/fake-clock'

const found = (candidate: string) => ({ candidate }) as RTCIceCandidate
const UDP = found('candidate:1 1 udp 2122194687 192.0.2.2 57817 typ host')
const TCP = found('candidate:2 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active')
const PASSIVE = found('candidate:3 1 tcp 1518214911 192.0.2.2 4711 typ host tcptype passive')

function world(policy: RTCIceTransportPolicy = 'all') {
  const clock = new FakeClock()
  const candidates = new LocalCandidates(clock, policy)
  return { clock, candidates, ready: candidates.first() }
}

test('a description waits for the first candidate and for those of the same moment; later ones are sent alone', async () => {
  const { clock, candidates, ready } = world()
  expect(candidates.find(UDP)).toBe(false)
  expect(candidates.find(UDP)).toBe(false)
  await ready
  expect(clock.waiting).toBe(0)
  expect(candidates.find(UDP)).toBe(true)
})

test('a candidate that comes before the description is complete is not waited for again', async () => {
  const clock = new FakeClock()
  const candidates = new LocalCandidates(clock, 'all')
  expect(candidates.find(UDP)).toBe(false)
  await candidates.first()
  expect(clock.now()).toBe(0)
  expect(clock.waiting).toBe(0)
})

test('a machine without candidates sends its description when the list ends', async () => {
  const { candidates, ready } = world()
  expect(candidates.find(null)).toBe(false)
  await ready
  expect(candidates.find(null)).toBe(false)
})

test('a description does not wait for a slow TURN server', async () => {
  const { clock, candidates, ready } = world()
  clock.advance(20)
  await ready
  expect(candidates.find(found('candidate:4 1 udp 41819903 198.51.100.1 60000 typ relay'))).toBe(true)
})

test('where only TURN servers give candidates, no description waits: a hidden page would run the timer a second later', async () => {
  const { clock, candidates, ready } = world('relay')
  expect(clock.waiting).toBe(0)
  await ready
  expect(candidates.find(UDP)).toBe(true)
})

test('a connection that only this side opens is not announced; one that the other side opens is', async () => {
  const { clock, candidates, ready } = world()
  clock.advance(20)
  await ready
  expect(candidates.find(TCP)).toBe(false)
  expect(candidates.find(PASSIVE)).toBe(true)
})
