/** What of WebRTC a transport needs. A browser's `window` is one; in Node it is the package `@roamhq/wrtc`. */
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
