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
