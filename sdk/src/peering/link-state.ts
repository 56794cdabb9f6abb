import { LiveStreamError } from '../errors'
import { type IceServer, isTurn } from '../protocol'

/** Why an epoch ended, and what was seen of it until then. */
export type LinkFailure = {
  readonly reason: string
  /** Milliseconds that it was connected for; null when it never was. */
  readonly connectedMs: number | null
  /** Signals of the other side arrived. So if it never connected, the network between the two is closed. */
  readonly gotSignals: boolean
  /** A relay candidate was gathered: TURN works for this side. */
  readonly hadRelay: boolean
}

export function linkError(failure: LinkFailure, iceServers: readonly IceServer[]): LiveStreamError {
  const couldRelay = failure.hadRelay || iceServers.some(isTurn)
  if (failure.gotSignals && failure.connectedMs === null && !couldRelay) {
    return new LiveStreamError(
      'turn_needed',
      'No direct way to this participant was found, and no TURN server is configured that could relay.',
      { retryable: true, userAction: 'Try another network, or ask who runs this service to configure a TURN server.' },
    )
  }
  return new LiveStreamError(
    'link_failed',
    `The link to this participant was lost and starts over: ${failure.reason}.`,
    {
      retryable: true,
    },
  )
}
