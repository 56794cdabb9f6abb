import { LiveStreamError } from '../errors'
import { type DeviceAccess, featureOf } from '../media/device-access'
import type { WebRtc } from '../peering/webrtc'
import type { Source } from '../protocol'
import type { WebSocketConstructor } from '../signaling/socket'

/** What this browser (or process) can do. */
export type Support = {
  /** Whether a room can be joined. */
  readonly join: boolean
  /** Whether others can be seen and heard. */
  readonly watch: boolean
  /** Whether a camera or a microphone can be used; needs https (or localhost). */
  readonly publish: boolean
  /**
   * Whether people may be asked for the camera: as `publish`, and not forbidden by Permissions-Policy (a header, or a frame without
   * `allow="camera"`), as far as the browser tells: Chromium does, Firefox and Safari do not.
   */
  readonly camera: boolean
  /** The same for the microphone. */
  readonly microphone: boolean
  /** Whether a screen can be shared; phones cannot. Not forbidden by Permissions-Policy (`display-capture`), as far as the browser tells. */
  readonly shareScreen: boolean
  /** Whether the page was loaded by https (or from localhost). True outside of browsers. */
  readonly secureContext: boolean
}

/**
 * What this browser can do. Shows no prompt, and never throws.
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
  const devices = browserAccess.mediaDevices()
  const join = typeof globalThis.WebSocket === 'function'
  const watch = join && globalWebRtc() !== undefined
  const capture = watch && typeof devices?.getUserMedia === 'function'
  const allows = (source: Source) => browserAccess.policyAllows(source) !== false
  const [camera, microphone] = [capture && allows('camera'), capture && allows('microphone')]
  return {
    join,
    watch,
    publish: camera || microphone,
    camera,
    microphone,
    shareScreen: watch && typeof devices?.getDisplayMedia === 'function' && allows('screen'),
    secureContext: browserAccess.isSecureContext(),
  }
}

type FeaturePolicy = { allowsFeature(feature: string): boolean }
/** Chromium has `featurePolicy`; the specification now has `permissionsPolicy`. */
type PolicyHolder = Document & { featurePolicy: FeaturePolicy; permissionsPolicy: FeaturePolicy }

/** The browser of the page. Outside of browsers nothing is known, and nothing forbidden. */
export const browserAccess: DeviceAccess = {
  mediaDevices: () => globalThis.navigator?.mediaDevices,
  isSecureContext: () => globalThis.isSecureContext ?? true,
  policyAllows: (source) => {
    const page = globalThis.document as Partial<PolicyHolder> | undefined
    return (page?.permissionsPolicy ?? page?.featurePolicy)?.allowsFeature(featureOf(source))
  },
  permission: async (source) => {
    try {
      return (await navigator.permissions.query({ name: source })).state
    } catch {
      // The browser lacks the interface, or does not know the name.
      return undefined
    }
  },
  isFramed: () => globalThis.self !== globalThis.top,
}

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

/** A certificate that connections can share; undefined if each makes its own. */
export async function certificateOf(wrtc: WebRtc | undefined): Promise<RTCCertificate | undefined> {
  const maker = wrtc?.RTCPeerConnection as Partial<typeof RTCPeerConnection> | undefined
  // `namedCurve` belongs to the algorithm (W3C Web Cryptography), of which the DOM library knows the name only.
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  return maker?.generateCertificate?.(algorithm)
}
