import { LiveStreamError } from './errors'
import type { WebRtc } from './peering/webrtc'
import type { WebSocketConstructor } from './signaling/socket'

/** What this browser (or process) can do. */
export type Support = {
  /** Whether a room can be joined. */
  readonly join: boolean
  /** Whether others can be seen and heard. */
  readonly watch: boolean
  /** Whether cameras and microphones can be used; needs https (or localhost). */
  readonly publish: boolean
  /** Whether a screen can be shared; phones cannot. */
  readonly shareScreen: boolean
  /** Whether the page was loaded by https (or from localhost). True outside of browsers. */
  readonly secureContext: boolean
}

/**
 * What can be done here, before anybody is asked for anything. Never throws.
 *
 * @example
 * ```ts
 * import { checkSupport } from '@peerstage/sdk'
 *
 * const { publish, secureContext } = checkSupport()
 * if (!publish) show(secureContext ? 'You can watch here, not take part.' : 'Open this page by https.')
 * ```
 */
export function checkSupport(): Support {
  const devices = mediaDevicesOf()
  const join = typeof globalThis.WebSocket === 'function'
  const watch = join && globalWebRtc() !== undefined
  return {
    join,
    watch,
    publish: watch && typeof devices?.getUserMedia === 'function',
    shareScreen: watch && typeof devices?.getDisplayMedia === 'function',
    secureContext: isSecure(),
  }
}

export const mediaDevicesOf = (): MediaDevices | undefined => globalThis.navigator?.mediaDevices

export const isSecure = (): boolean => globalThis.isSecureContext ?? true

/** The browser's WebRTC; undefined where there is none. */
export function globalWebRtc(): WebRtc | undefined {
  const { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate, MediaStream } = globalThis
  if (typeof RTCPeerConnection !== 'function') return undefined
  return { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate, MediaStream }
}

/** @throws LiveStreamError `not_supported` */
export function globalWebSocket(): WebSocketConstructor {
  if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket
  throw new LiveStreamError(
    'not_supported',
    'There is no WebSocket here: pass one, as `WebSocket` of the package "ws".',
  )
}

/** A certificate that connections can share; undefined where they make their own. */
export async function certificateOf(wrtc: WebRtc | undefined): Promise<RTCCertificate | undefined> {
  const maker = wrtc?.RTCPeerConnection as Partial<typeof RTCPeerConnection> | undefined
  // `namedCurve` belongs to the algorithm (W3C Web Cryptography), of which the DOM library knows the name only.
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  return maker?.generateCertificate?.(algorithm)
}
