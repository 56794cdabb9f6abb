// What Peerstage uses of simple-peer 9.11.1, and no more. @types/simple-peer describes the Node stream that our build leaves
// out, and pulls Node's types into browser code.

export interface PeerOptions {
  initiator: boolean
  /** Bypasses the browser's own RTCPeerConnection: peers get the link's facade. */
  wrtc: { RTCPeerConnection: unknown; RTCSessionDescription: unknown; RTCIceCandidate: unknown }
  config?: RTCConfiguration
  channelName?: string
  channelConfig?: RTCDataChannelInit
}

/** What a peer emits by 'signal' and takes by `signal()`. */
export type PeerSignal =
  | { type: 'offer' | 'answer' | 'pranswer' | 'rollback'; sdp: string }
  | { type: 'candidate'; candidate: { candidate: string; sdpMLineIndex: number | null; sdpMid: string | null } }
  | { type: 'renegotiate'; renegotiate: true }

export interface PeerEvents {
  signal: (signal: PeerSignal) => void
  error: (error: Error) => void
  close: () => void
}

export default class SimplePeer {
  constructor(options: PeerOptions)
  readonly initiator: boolean
  readonly destroyed: boolean
  readonly destroying: boolean
  /** Each event has one listener: the last one given. */
  on<Name extends keyof PeerEvents>(name: Name, listener: PeerEvents[Name]): void
  /** Throws once destroyed. */
  signal(signal: PeerSignal): void
  /** Takes effect in a microtask: signals may still arrive until then. */
  destroy(error?: Error): void
}
