import { type ErrorCode, type ErrorDetails, LiveStreamError } from '../errors'
import type { Source } from '../protocol'
import { type DeviceAccess, featureOf } from './device-access'

const NAMES: Readonly<Record<Source, string>> = {
  microphone: 'microphone',
  camera: 'camera',
  screen: 'screen',
  screenAudio: "screen's sound",
}

/**
 * What a browser's capture call rejected with, as one typed error.
 * The names are those of W3C Media Capture and Streams and of Screen Capture; `cause` keeps the original.
 */
export function deviceError(source: Source, cause: unknown, access?: DeviceAccess): LiveStreamError {
  if (cause instanceof LiveStreamError) return cause
  const { name, message } = cause instanceof Error ? cause : { name: '', message: '' }
  const device = NAMES[source]
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return notAllowedError(source, message, cause, access)
    case 'NotFoundError':
      return noDevice(source, cause)
    case 'NotReadableError':
    case 'AbortError':
      return inUse(source, cause)
    case 'OverconstrainedError':
    case 'TypeError':
      return unsatisfied(source, cause)
    case 'InvalidStateError':
      return failure(source, 'permission_denied', `The browser lets a page capture the ${device} only in a click.`, {
        retryable: true,
        userAction: 'Click the button again.',
        cause,
      })
    case 'NotSupportedError':
      return notSupported(source, cause)
    default:
      return failure(source, 'internal', `The ${device} could not be captured.`, { retryable: true, cause })
  }
}

function inUse(source: Source, cause: unknown): LiveStreamError {
  const device = NAMES[source]
  return failure(source, 'device_in_use', `The ${device} cannot be opened: something else may be using it.`, {
    retryable: true,
    userAction: `Close other programs that use the ${device}, then try again.`,
    cause,
  })
}

const unsatisfied = (source: Source, cause: unknown): LiveStreamError =>
  failure(source, 'unsatisfied_constraints', `No ${NAMES[source]} can do what was asked${constraintOf(cause)}.`, {
    userAction: 'Choose another device or lower settings.',
    cause,
  })

export function noDevice(source: Source, cause?: unknown): LiveStreamError {
  const device = NAMES[source]
  return failure(source, 'no_device', `There is no ${device}, or it is gone.`, {
    retryable: true,
    userAction: `Connect a ${device}, then try again.`,
    cause,
  })
}

export function notSupported(source: Source, cause?: unknown): LiveStreamError {
  return failure(source, 'not_supported', `This browser cannot capture the ${NAMES[source]}.`, {
    userAction: 'Use a current browser on a computer.',
    cause,
  })
}

export const noWebRtc = (): LiveStreamError =>
  failure(
    undefined,
    'not_supported',
    'There is no WebRTC here. In Node, pass one as `wrtc`: the package "@roamhq/wrtc".',
    {
      userAction: 'Use a current browser.',
    },
  )

export function insecureContext(): LiveStreamError {
  return failure(undefined, 'insecure_context', 'The browser hides cameras and microphones from pages without https.', {
    userAction: 'Open this page by https, or on localhost.',
  })
}

/** Rejects a call that a later call replaced: `unpublish` during `publish`, `mute` during `unmute`, or leaving. */
export const superseded = (): LiveStreamError =>
  failure(undefined, 'aborted', 'A later call, or leaving the room, made this one pointless.', {})

/** Whether another device, or another setting of it, may work. */
export const mayBeOfOneDevice = ({ code }: LiveStreamError): boolean =>
  code === 'unsatisfied_constraints' || code === 'no_device' || code === 'device_in_use'

/** Several errors of one call as one, which names them all. The first gives the code. */
export function together([first, ...others]: readonly [LiveStreamError, ...LiveStreamError[]]): LiveStreamError {
  if (others.length === 0) return first
  const errors = [first, ...others]
  const sentences = (texts: (string | undefined)[]) => [...new Set(texts.filter(Boolean))].join(' ')
  const userAction = sentences(errors.map((error) => error.userAction))
  return new LiveStreamError(first.code, sentences(errors.map(({ message }) => message)), {
    retryable: errors.every(({ retryable }) => retryable),
    ...(userAction && { userAction }),
    cause: first.cause,
    errors,
  })
}

/** The user revoked the permission while the device was in use. */
export function revoked(source: Source): LiveStreamError {
  return notAllowed(source, `The ${NAMES[source]} is no longer allowed.`, "the browser's address bar")
}

/** A track of the app that has ended. */
export const endedTrack = (source: Source): LiveStreamError =>
  failure(source, 'no_device', `The track given for the ${NAMES[source]} has ended.`, {})

/** For a screen, `NotAllowedError` means a closed picker, unless the system or a policy refused. */
function notAllowedError(source: Source, message: string, cause: unknown, access?: DeviceAccess): LiveStreamError {
  const device = NAMES[source]
  const allows = access?.policyAllows(source)
  if (allows === false) return byPolicy(source, access?.isFramed() ?? false, cause)
  const bySystem = /system/i.test(message)
  // If the browser does not tell its policy, the policy may be the reason too.
  const frame =
    allows === undefined && access?.isFramed() ? ` In a frame it also takes allow="${featureOf(source)}".` : ''
  if (source.startsWith('screen') && !bySystem) {
    return failure(source, 'cancelled', `Nothing was chosen to be shared.${frame}`, { retryable: true, cause })
  }
  const where = bySystem ? "this computer's privacy settings" : "the browser's address bar"
  return notAllowed(source, `The ${device} was not allowed.${frame}`, where, cause)
}

const notAllowed = (source: Source, message: string, where: string, cause?: unknown): LiveStreamError =>
  failure(source, 'permission_denied', message, {
    retryable: true,
    userAction: `Allow the ${NAMES[source]} in ${where}, then try again.`,
    cause,
  })

function byPolicy(source: Source, isFramed: boolean, cause: unknown): LiveStreamError {
  const why = isFramed
    ? `the frame that shows it lacks allow="${featureOf(source)}", or a header Permissions-Policy forbids it`
    : `its header Permissions-Policy forbids "${featureOf(source)}"`
  return failure(source, 'permission_denied', `This page may not use the ${NAMES[source]}: ${why}.`, {
    ...(isFramed && { userAction: 'Open this page in a tab of its own, then try again.' }),
    cause,
  })
}

function constraintOf(cause: unknown): string {
  const constraint = cause instanceof Error && 'constraint' in cause ? cause.constraint : undefined
  return typeof constraint === 'string' && constraint !== '' ? ` (${constraint})` : ''
}

const failure = (source: Source | undefined, code: ErrorCode, message: string, details: ErrorDetails) =>
  new LiveStreamError(code, message, { ...details, source })
