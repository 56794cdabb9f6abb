import type { IceServer } from '../protocol'
import type { TransportPorts } from './media-transport'
/** The parts of WebRTC that a transport needs. A browser's `window` has them; in Node the package `@roamhq/wrtc`. */
export type WebRtc = {
  /** Makes connections. */
  readonly RTCPeerConnection: new (
    configuration?: RTCConfiguration,
  ) => RTCPeerConnection
  /** Wraps offers and answers. */
  readonly RTCSessionDescription: new (
    init: RTCSessionDescriptionInit,
  ) => RTCSessionDescription
  /** Wraps candidates. */
  readonly RTCIceCandidate: new (
    init: RTCIceCandidateInit,
  ) => RTCIceCandidate
  /** Holds tracks. */
  readonly MediaStream: new () => MediaStream
}

/** What an RTCPeerConnection is made with. */
export function configurationOf({
  iceServers,
  iceTransportPolicy,
  certificate,
}: Pick<TransportPorts, 'iceServers' | 'iceTransportPolicy' | 'certificate'>): RTCConfiguration {
  return {
    iceServers: iceServers.map(toBrowser),
    iceTransportPolicy,
    // One transport for all slots from the start: a quarter of the candidates. All browsers support it.
    bundlePolicy: 'max-bundle',
    ...(certificate === undefined ? {} : { certificates: [certificate] }),
  }
}

/** Leaves out undefined members: not every WebRTC implementation treats them as absent. */
export function toBrowser({ urls, username, credential }: IceServer): RTCIceServer {
  return { urls, ...(username === undefined ? {} : { username }), ...(credential === undefined ? {} : { credential }) }
}
