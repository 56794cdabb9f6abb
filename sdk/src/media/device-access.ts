import type { Source } from '../protocol'
import { type DeviceSource, isDevice } from './constraints'

/** What a page can know of its permissions to capture, without a prompt. */
export type DeviceAccess = {
  /** `navigator.mediaDevices`; undefined in Node, and on pages without https. */
  mediaDevices(): MediaDevices | undefined
  isSecureContext(): boolean
  /** Whether Permissions-Policy (headers, and `allow` of frames) allows a source to this page; undefined: the browser does not tell. */
  policyAllows(source: Source): boolean | undefined
  /** The permission by an earlier answer or by settings; undefined: the browser does not tell. */
  permission(source: DeviceSource): Promise<PermissionState | undefined>
  /** Whether the page is shown in a frame of another one. */
  isFramed(): boolean
}

/** The policy-controlled feature that a source needs (W3C Permissions Policy), as `allow` of a frame names it. */
export const featureOf = (source: Source): string => (isDevice(source) ? source : 'display-capture')

/**
 * Whether a device was lost because the user revoked the permission. Browsers hide the ids of devices from a page without
 * permission. That distinguishes a permission that was reset from one that the browser does not store.
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
