import { expect, test } from 'vitest'
import { linkStats } from '../../src/peering/stats'

const report = (...entries: { id: string; type: string; [member: string]: unknown }[]): RTCStatsReport =>
  new Map(entries.map((entry) => [entry.id, entry]))

const candidates = [
  { id: 'L', type: 'local-candidate', candidateType: 'relay' },
  { id: 'R', type: 'remote-candidate', candidateType: 'srflx' },
]
const pair = { type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R', currentRoundTripTime: 0.25 }

test('the pair in use is the one that the transport names (Chromium, Safari)', () => {
  const stats = linkStats(
    report(
      { ...pair, id: 'old', bytesSent: 1, currentRoundTripTime: 9 },
      { ...pair, id: 'used', bytesSent: 7, bytesReceived: 8 },
      { id: 'T', type: 'transport', selectedCandidatePairId: 'used' },
      ...candidates,
    ),
  )
  expect(stats).toMatchObject({ bytesSent: 7, bytesReceived: 8, rttMs: 250 })
  expect(stats).toMatchObject({ localCandidateType: 'relay', remoteCandidateType: 'srflx' })
})

test('or the one that is marked as selected (Firefox)', () => {
  const stats = linkStats(
    report(
      { ...pair, id: 'old', selected: false, bytesSent: 1 },
      { ...pair, id: 'used', selected: true, bytesSent: 7 },
    ),
  )
  expect(stats.bytesSent).toBe(7)
})

test('slots are told by their media section, and each direction has its own', () => {
  const { sent, received } = linkStats(
    report(
      { id: 'a', type: 'outbound-rtp', mid: '1', bytesSent: 10, packetsSent: 2, framesSent: 3 },
      { id: 'b', type: 'inbound-rtp', mid: '1', framesDecoded: 4 },
      { id: 'c', type: 'inbound-rtp', mid: '3', packetsReceived: 5, packetsLost: 6, jitter: 0.5, bytesReceived: 7 },
    ),
  )
  expect(sent.camera).toEqual({ bytesSent: 10, packetsSent: 2, framesSent: 3 })
  expect(received.camera.framesDecoded).toBe(4)
  expect(received.screenAudio).toMatchObject({ packetsReceived: 5, packetsLost: 6, jitter: 0.5, bytesReceived: 7 })
  expect(received.microphone.packetsReceived).toBe(0)
})

test('what is not there is zero, or null where zero would say something', () => {
  expect(linkStats(undefined)).toMatchObject({ bytesSent: 0, rttMs: null, localCandidateType: null })
})
