import type { Source } from '../protocol'
import { type DeviceSource, isDevice } from './constraints'

/** What a page can find out about what it may capture, without asking anybody. */
export type DeviceAccess = {
  /** `navigator.mediaDevices`; undefined in Node, and on pages without https. */
  mediaDevices(): MediaDevices | undefined
  isSecureContext(): boolean
  /** Whether Permissions-Policy (headers, and `allow` of frames) leaves a source to this page; undefined: the browser does not tell. */
  policyAllows(source: Source): boolean | undefined
  /** What people answered before, or settings say for them; undefined: the browser does not tell. */
  permission(source: DeviceSource): Promise<PermissionState | undefined>
  /** Whether the page is shown in a frame of another one. */
  isFramed(): boolean
}

/** The policy-controlled feature that a source needs (W3C Permissions Policy), as `allow` of a frame names it. */
export const featureOf = (source: Source): string => (isDevice(source) ? source : 'display-capture')

/**
 * Whether a device was lost because people took the permission back. Browsers hide the ids of devices from a page without it, which
 * tells a permission that was reset from one that the browser does not keep.
 */
export async function isRevoked(access: DeviceAccess, source: DeviceSource): Promise<boolean> {
  const state = await access.permission(source)
  if (state !== 'prompt') return state === 'denied'
  const kind = source === 'camera' ? 'videoinput' : 'audioinput'
  const devices =
    (await access
      .mediaDevices()
      ?.enumerateDevices?.()
      .catch(() => undefined)) ?? []
  const ofKind = devices.filter((device) => device.kind === kind)
  return ofKind.length > 0 && ofKind.every(({ deviceId }) => deviceId === '')
}
