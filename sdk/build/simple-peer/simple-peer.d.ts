// What Peerstage uses of simple-peer 9.11.1, and no more. @types/simple-peer describes the Node stream that our build leaves
// out, and pulls Node's types into browser code.

export interface PeerOptions {
  initiator: boolean
  /** Bypasses the browser's own RTCPeerConnection: peers get the link's facade. */
  wrtc: { RTCPeerConnection: unknown; RTCSessionDescription: unknown; RTCIceCandidate: unknown }
  config?: RTCConfiguration
  channelName?: string
  channelConfig?: RTCDataChannelInit
  offerOptions?: RTCOfferOptions
  answerOptions?: RTCAnswerOptions
  sdpTransform?: (sdp: string) => string
  trickle?: boolean
  /** Milliseconds after which a peer without trickle stops to wait for candidates. Default 5,000. */
  iceCompleteTimeout?: number
  objectMode?: boolean
}

/** What a peer emits by 'signal' and takes by `signal()`. Anything else handed to `signal()` destroys both ends. */
export type PeerSignal =
  | { type: 'offer' | 'answer' | 'pranswer' | 'rollback'; sdp: string }
  | { type: 'candidate'; candidate: { candidate: string; sdpMLineIndex: number | null; sdpMid: string | null } }
  | { type: 'renegotiate'; renegotiate: true }
  | { type: 'transceiverRequest'; transceiverRequest: { kind: string; init?: RTCRtpTransceiverInit } }

export interface PeerEvents {
  signal: (signal: PeerSignal) => void
  data: (data: string | Uint8Array) => void
  error: (error: Error) => void
  close: () => void
  iceStateChange: (connection: RTCIceConnectionState, gathering: RTCIceGatheringState) => void
  signalingStateChange: (state: RTCSignalingState) => void
  negotiated: () => void
}

export default class SimplePeer {
  constructor(options: PeerOptions)
  readonly initiator: boolean
  readonly destroyed: boolean
  readonly destroying: boolean
  /** Bytes the data channel has not sent yet. */
  readonly bufferSize: number
  on<Name extends keyof PeerEvents>(name: Name, listener: PeerEvents[Name]): this
  once<Name extends keyof PeerEvents>(name: Name, listener: PeerEvents[Name]): this
  off<Name extends keyof PeerEvents>(name: Name, listener: PeerEvents[Name]): this
  removeAllListeners(): this
  /** Throws once destroyed. */
  signal(signal: PeerSignal): void
  /** Throws once destroyed, and InvalidStateError or TypeError as RTCDataChannel.send does. */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void
  /** Starts an offer (initiator), or asks the other side for one. */
  negotiate(): void
  /** Takes effect in a microtask: signals may still arrive until then. */
  destroy(error?: Error): void
}
