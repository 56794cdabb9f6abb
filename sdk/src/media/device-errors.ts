import { type ErrorCode, type ErrorDetails, LiveStreamError } from '../errors'
import type { Source } from '../protocol'

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
export function deviceError(source: Source, cause: unknown): LiveStreamError {
  if (cause instanceof LiveStreamError) return cause
  const { name, message } = cause instanceof Error ? cause : { name: '', message: '' }
  const device = NAMES[source]
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return refused(source, message, cause)
    case 'NotFoundError':
      return noDevice(source, cause)
    case 'NotReadableError':
    case 'AbortError':
      return failure('device_in_use', `The ${device} cannot be opened: something else may be using it.`, {
        retryable: true,
        userAction: `Close other programs that use the ${device}, then try again.`,
        cause,
      })
    case 'OverconstrainedError':
    case 'TypeError':
      return failure('unsatisfied_constraints', `No ${device} can do what was asked${constraintOf(cause)}.`, {
        userAction: 'Choose another device or lower settings.',
        cause,
      })
    case 'InvalidStateError':
      return failure('permission_denied', `The browser lets a page capture the ${device} only in a click.`, {
        retryable: true,
        userAction: 'Click the button again.',
        cause,
      })
    case 'NotSupportedError':
      return notSupported(source, cause)
    default:
      return failure('internal', `The ${device} could not be captured.`, { retryable: true, cause })
  }
}

export function noDevice(source: Source, cause?: unknown): LiveStreamError {
  const device = NAMES[source]
  return failure('no_device', `There is no ${device}, or it is gone.`, {
    retryable: true,
    userAction: `Connect a ${device}, then try again.`,
    cause,
  })
}

export function notSupported(source: Source, cause?: unknown): LiveStreamError {
  return failure('not_supported', `This browser cannot capture the ${NAMES[source]}.`, {
    userAction: 'Use a current browser on a computer.',
    cause,
  })
}

export const noWebRtc = (): LiveStreamError =>
  failure('not_supported', 'There is no WebRTC here. In Node, pass one as `wrtc`: the package "@roamhq/wrtc".', {
    userAction: 'Use a current browser.',
  })

export function insecureContext(): LiveStreamError {
  return failure('insecure_context', 'The browser hides cameras and microphones from pages without https.', {
    userAction: 'Open this page by https, or on localhost.',
  })
}

/** Rejects a call that a later one made pointless: `unpublish` during `publish`, `mute` during `unmute`, or leaving. */
export const superseded = (): LiveStreamError =>
  failure('aborted', 'A later call, or leaving the room, made this one pointless.', {})

/** Whether another device, or another setting of it, may do. */
export const mayBeOfOneDevice = ({ code }: LiveStreamError): boolean =>
  code === 'unsatisfied_constraints' || code === 'no_device' || code === 'device_in_use'

/** For a screen `NotAllowedError` is how browsers report a closed picker, but for a refusal by the operating system. */
function refused(source: Source, message: string, cause: unknown): LiveStreamError {
  const bySystem = /system/i.test(message)
  if (source.startsWith('screen') && !bySystem) {
    return failure('cancelled', 'Nothing was chosen to be shared.', { retryable: true, cause })
  }
  const where = bySystem ? "this computer's privacy settings" : "the browser's address bar"
  return failure('permission_denied', `The ${NAMES[source]} was not allowed.`, {
    retryable: true,
    userAction: `Allow the ${NAMES[source]} in ${where}, then try again.`,
    cause,
  })
}

function constraintOf(cause: unknown): string {
  const constraint = cause instanceof Error && 'constraint' in cause ? cause.constraint : undefined
  return typeof constraint === 'string' && constraint !== '' ? ` (${constraint})` : ''
}

const failure = (code: ErrorCode, message: string, details: ErrorDetails) => new LiveStreamError(code, message, details)
