/** What of WebRTC a transport needs. A browser's `window` is one; in Node it is the package `@roamhq/wrtc`. */
export type WebRtc = {
  readonly RTCPeerConnection: new (configuration?: RTCConfiguration) => RTCPeerConnection
  readonly RTCSessionDescription: new (init: RTCSessionDescriptionInit) => RTCSessionDescription
  readonly RTCIceCandidate: new (init: RTCIceCandidateInit) => RTCIceCandidate
  readonly MediaStream: new () => MediaStream
}
