import type { IceServer, SignalBody, Source } from '../protocol'

/** The tracks that fill a link's four slots; null is an empty slot. */
export type SlotTracks = Readonly<Record<Source, MediaStreamTrack | null>>

export const EMPTY_SLOTS: SlotTracks = { microphone: null, camera: null, screen: null, screenAudio: null }

/** What a transport tells its link. `failed` and `closed` are final: the link answers with the next epoch. */
export type TransportEvents = {
  signal(body: SignalBody): void
  /** The receiving track of a slot; all four are there from the start and say nothing about who publishes. */
  track(source: Source, track: MediaStreamTrack): void
  connected(): void
  /** `relayed`: whether a relay candidate was gathered, that is, whether TURN could have helped. */
  failed(reason: { message: string; relayed: boolean }): void
}

export type TransportOptions = {
  readonly offerer: boolean
  readonly tracks: SlotTracks
  readonly iceServers: readonly IceServer[]
  readonly iceTransportPolicy: RTCIceTransportPolicy
  /** One per client, made once: each costs a key generation. */
  readonly certificate: RTCCertificate | undefined
  readonly events: TransportEvents
}

/** One WebRTC connection: the life of one epoch of a link. */
export interface MediaTransport {
  /** Takes a signal of the other side; those of another epoch never get here. */
  accept(body: SignalBody): void
  /** Puts a track into a slot, or empties it. No renegotiation. Calls for one slot take effect in order. */
  setTrack(source: Source, track: MediaStreamTrack | null): Promise<void>
  getStats(): Promise<RTCStatsReport>
  /** Idempotent; no event comes after it. */
  close(): void
}

export type OpenTransport = (options: TransportOptions) => MediaTransport
