import { perSource } from '../ports/participant-media'
import { SOURCES, type Source } from '../protocol'

/** One direction of one slot. Counters run from the start of the epoch. Names as in W3C webrtc-stats. */
export type SentStats = {
  /** Payload, without headers. */
  readonly bytesSent: number
  /** RTP packets. */
  readonly packetsSent: number
  /** Pictures; 0 for sound. */
  readonly framesSent: number
}
/** What came in through one slot. Counters run from the start of the epoch. Names as in W3C webrtc-stats. */
export type ReceivedStats = {
  /** Payload, without headers. */
  readonly bytesReceived: number
  /** RTP packets. */
  readonly packetsReceived: number
  /** RTP packets that never came. Below 0 where some came twice. */
  readonly packetsLost: number
  /** Seconds. */
  readonly jitter: number
  /** Pictures; 0 for sound. */
  readonly framesDecoded: number
}

/** The statistics of a link. What the browser does not tell is 0, or null if 0 would be a value. */
export type LinkStats = {
  /** Of the whole connection, data channel included. */
  readonly bytesSent: number
  /** As `bytesSent`, the other way. */
  readonly bytesReceived: number
  /** Milliseconds to the other side and back. */
  readonly rttMs: number | null
  /** This end of the path in use: `host`, `srflx` and `prflx` are direct, `relay` goes over a TURN server. */
  readonly localCandidateType: RTCIceCandidateType | null
  /** The other end of it. */
  readonly remoteCandidateType: RTCIceCandidateType | null
  /** What is sent, for each of your slots. */
  readonly sent: Readonly<Record<Source, SentStats>>
  /** What is received, for each slot of the other side. */
  readonly received: Readonly<Record<Source, ReceivedStats>>
}

/** One entry of an RTCStatsReport; which members are there depends on its type and on the browser. */
type Entry = { readonly id: string; readonly type: string; readonly [member: string]: unknown }

export function linkStats(report: RTCStatsReport | undefined): LinkStats {
  const entries = new Map<string, Entry>()
  report?.forEach((entry: Entry, id: string) => {
    entries.set(id, entry)
  })
  const pair = selectedPair(entries)
  const seconds = pair?.currentRoundTripTime
  return {
    bytesSent: number(pair, 'bytesSent'),
    bytesReceived: number(pair, 'bytesReceived'),
    rttMs: typeof seconds === 'number' ? seconds * 1000 : null,
    localCandidateType: candidateType(entries, pair?.localCandidateId),
    remoteCandidateType: candidateType(entries, pair?.remoteCandidateId),
    sent: statsPerSource(entries, 'outbound-rtp', sentStats),
    received: statsPerSource(entries, 'inbound-rtp', receivedStats),
  }
}

function selectedPair(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  const all = [...entries.values()]
  const id = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId
  if (typeof id === 'string') return entries.get(id)
  // Firefox has no transport entry; it marks the pair.
  return all.find(({ type, selected, nominated, state }) => {
    return type === 'candidate-pair' && (selected ?? (nominated === true && state === 'succeeded')) === true
  })
}

function candidateType(entries: ReadonlyMap<string, Entry>, id: unknown): RTCIceCandidateType | null {
  const type = typeof id === 'string' ? entries.get(id)?.candidateType : undefined
  return type === 'host' || type === 'srflx' || type === 'prflx' || type === 'relay' ? type : null
}

/** A slot's entry is found by its `mid`: browsers number the media sections from 0, and the slots are the first four. */
function statsPerSource<S>(
  entries: ReadonlyMap<string, Entry>,
  type: string,
  read: (entry?: Entry) => S,
): Record<Source, S> {
  const of = (source: Source): S => {
    const mid = String(SOURCES.indexOf(source))
    return read([...entries.values()].find((entry) => entry.type === type && entry.mid === mid))
  }
  return perSource(of)
}

const sentStats = (entry?: Entry): SentStats => ({
  bytesSent: number(entry, 'bytesSent'),
  packetsSent: number(entry, 'packetsSent'),
  framesSent: number(entry, 'framesSent'),
})

const receivedStats = (entry?: Entry): ReceivedStats => ({
  bytesReceived: number(entry, 'bytesReceived'),
  packetsReceived: number(entry, 'packetsReceived'),
  packetsLost: number(entry, 'packetsLost'),
  jitter: number(entry, 'jitter'),
  framesDecoded: number(entry, 'framesDecoded'),
})

function number(entry: Entry | undefined, member: string): number {
  const value = entry?.[member]
  return typeof value === 'number' ? value : 0
}
