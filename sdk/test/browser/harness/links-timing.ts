// Runs in the page: how long a newcomer's links take, against bare RTCPeerConnections with the same four slots.
import type { OpenTransport } from '../../../src/peering/media-transport'
import { linkStats } from '../../../src/peering/stats'
import { SOURCES } from '../../../src/protocol'
import { KIND_OF } from '../../contract/media-transport'
import { Pair } from '../../harness/transport-pair'

export type LinkTools = {
  open: OpenTransport
  picture(): MediaStreamTrack
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>
}

export type LinkComparison = { count: number; rounds: number; rawMs: number; linksMs: number; ratio: number }

/** Both ways in turn, so that both meet the same machine. Medians over the rounds, after one round to warm up. */
export async function compareLinks(count: number, rounds: number, tools: LinkTools): Promise<LinkComparison> {
  const track = tools.picture()
  const raw: number[] = []
  const links: number[] = []
  const certificate = await RTCPeerConnection.generateCertificate({
    name: 'ECDSA',
    namedCurve: 'P-256',
  } as EcKeyGenParams)
  for (let round = 0; round <= rounds; round++) {
    const rawMs = await timeRaw(count, track, tools)
    const linksMs = await timeLinks(count, track, certificate, tools)
    if (round === 0) continue
    raw.push(rawMs)
    links.push(linksMs)
  }
  const [rawMs, linksMs] = [median(raw), median(links)]
  return { count, rounds, rawMs, linksMs, ratio: linksMs / rawMs }
}

/** Milliseconds until every answerer has a picture. */
async function timeLinks(
  count: number,
  track: MediaStreamTrack,
  certificate: RTCCertificate,
  tools: LinkTools,
): Promise<number> {
  const start = performance.now()
  const pairs = Array.from(
    { length: count },
    () => new Pair(tools.open, { offererTracks: { camera: track }, certificate }),
  )
  await tools.until('all pictures', () => allHaveFrames(pairs.map(({ answerer }) => answerer.transport)))
  const took = performance.now() - start
  for (const pair of pairs) pair.close()
  return took
}

async function timeRaw(count: number, track: MediaStreamTrack, tools: LinkTools): Promise<number> {
  const start = performance.now()
  const pairs = Array.from({ length: count }, () => rawPair(track))
  await tools.until('all pictures', () => allHaveFrames(pairs.map(([, answerer]) => answerer)))
  const took = performance.now() - start
  for (const pc of pairs.flat()) pc.close()
  return took
}

function rawPair(track: MediaStreamTrack): [RTCPeerConnection, RTCPeerConnection] {
  const offerer = new RTCPeerConnection()
  const answerer = new RTCPeerConnection()
  // Candidates wait for the description that they belong to.
  const described = negotiate(offerer, answerer, track)
  offerer.onicecandidate = ({ candidate }) => void described.offer.then(() => answerer.addIceCandidate(candidate))
  answerer.onicecandidate = ({ candidate }) => void described.answer.then(() => offerer.addIceCandidate(candidate))
  return [offerer, answerer]
}

function negotiate(offerer: RTCPeerConnection, answerer: RTCPeerConnection, track: MediaStreamTrack) {
  offerer.createDataChannel('raw', { negotiated: true, id: 0 })
  answerer.createDataChannel('raw', { negotiated: true, id: 0 })
  for (const source of SOURCES)
    offerer.addTransceiver(source === 'camera' ? track : KIND_OF[source], { direction: 'sendrecv' })
  const offer = (async () => {
    await offerer.setLocalDescription()
    await answerer.setRemoteDescription(offerer.localDescription as RTCSessionDescription)
  })()
  const answer = (async () => {
    await offer
    for (const transceiver of answerer.getTransceivers()) transceiver.direction = 'sendrecv'
    await answerer.setLocalDescription()
    await offerer.setRemoteDescription(answerer.localDescription as RTCSessionDescription)
  })()
  return { offer, answer }
}

async function allHaveFrames(ends: readonly { getStats(): Promise<RTCStatsReport> }[]): Promise<boolean> {
  for (const end of ends) if (linkStats(await end.getStats()).received.camera.framesDecoded === 0) return false
  return true
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
