import type { SlotTracks } from '../ports/participant-media'
import type { IceServer, OfferBody, SignalBody, Source } from '../protocol'

export const EMPTY_SLOTS: SlotTracks = { microphone: null, camera: null, screen: null, screenAudio: null }

/** `unwell`: nothing came for some seconds. `lost`: no path is found any more; only an ICE restart finds another one. */
export type Path = 'up' | 'unwell' | 'lost'

/** The events of a transport. None comes before `open` has returned. */
export type TransportEvents = {
  /** `restarts`: the ICE restart that it belongs to, counted from 1; 0 for the first descriptions and their candidates. */
  signal(body: SignalBody, restarts: number): void
  /** The receiving track of a slot; all four come once, before `connected`, and say nothing about who publishes. */
  track(source: Source, track: MediaStreamTrack): void
  /** Progress: signaling, ICE or DTLS is in a state that it was not in before. Comes once per state, whatever the other side sends. */
  advanced(): void
  /** Media can flow. Comes once. */
  connected(): void
  /** The path of media has changed, some time after `connected`. */
  path(path: Path): void
  /** Final, and the last event: the transport has closed itself. The link answers with the next epoch. */
  failed(reason: string): void
}

export type TransportPorts = {
  readonly offerer: boolean
  /** What is published already: it is in the slots before the first description is sent. */
  readonly tracks: SlotTracks
  readonly iceServers: readonly IceServer[]
  readonly iceTransportPolicy: RTCIceTransportPolicy
  /** Undefined: the connection makes its own. */
  readonly certificate: RTCCertificate | undefined
  /** An offerer waits for this before it sets its offer, and so before it gathers candidates; it makes ready what it can. Default: it does not wait. */
  readonly begin?: Promise<void>
  readonly events: TransportEvents
}

/** One WebRTC connection, for one epoch of a link. It has one offer and one answer, and one more of each with each ICE restart. */
export interface MediaTransport {
  /** Its offer, with the candidates that were found so far. Only for an offerer that has told its offer. */
  offer(): OfferBody | undefined
  /** Takes a signal of the other side. Ignores a signal that does not fit its role or state: a second answer, an offer to the offerer. */
  accept(body: SignalBody, restarts?: number): void
  /**
   * Looks for other paths, while media goes on over the one that there is. To be called after `connected`, at the offerer only. Returns
   * the number of the restart.
   */
  restartIce(): number | undefined
  /**
   * Puts a track into a slot, or empties it. No renegotiation. Calls for one slot take effect in order. Never rejects: a track
   * that the browser refuses fails the transport, and the link opens the next one with it. Does nothing after `close()`.
   */
  setTrack(source: Source, track: MediaStreamTrack | null): Promise<void>
  /** Used for candidates from now on; a connected path stays as it is. Never throws. */
  setIceServers(servers: readonly IceServer[]): void
  /**
   * When the last packet of a slot arrived, as a number that only changes with each; undefined before the first one, and after some
   * seconds without one. Null where the platform does not tell.
   */
  lastArrival(source: Source): number | undefined | null
  getStats(): Promise<RTCStatsReport>
  /** Idempotent; no event comes after it. */
  close(): void
}

export interface OpenTransport {
  /** @throws whatever the platform throws when it can make no connection at all (too many of them, a bad ICE server). */
  (ports: TransportPorts): MediaTransport
  /** Set if many connections cannot start together; then a mesh starts the next one when the last one is connected. */
  readonly oneAtATime?: boolean
  /** Set if a connection keeps the ICE servers that it was opened with, as in Firefox before 119: `setIceServers` has no effect. */
  readonly keepsIceServers?: boolean
}
