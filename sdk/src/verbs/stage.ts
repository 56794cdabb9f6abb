import type { Request, WhileOffline } from '../ports/requests'
import type { VerbPort } from './verb'

/**
 * Viewers come on stage and leave it: of several calls while disconnected, only the last one is sent. Hosts and cohosts decide about
 * requests: while disconnected these calls reject at once with `unavailable`. Each throws the common errors: see {@link ErrorCode}.
 *
 * @example
 * ```ts
 * await client.stage.request() // a viewer raises a hand
 * client.on('stageRequested', ({ participant }) => client.stage.approve(participant.id)) // a host approves all
 * ```
 */
export type StageVerbs = {
  /** Raises the hand; with an open invitation it accepts that. @throws LiveStreamError `stage_full`, or the common errors */
  request(): Promise<void>
  /** Lowers the hand, or declines an invitation; harmless without either. @throws LiveStreamError the common errors */
  cancel(): Promise<void>
  /**
   * Brings a viewer with a raised hand on stage, as a guest.
   * @throws LiveStreamError `stage_full`, `peer_not_found`, `invalid` (no hand is up), or the common errors
   */
  approve(participantId: string): Promise<void>
  /** Rejects a raised hand, or withdraws an invitation. @throws LiveStreamError `peer_not_found`, or the common errors */
  reject(participantId: string): Promise<void>
  /**
   * Invites a viewer; a viewer with a raised hand comes on stage at once.
   * @throws LiveStreamError `stage_full`, `peer_not_found`, or the common errors
   */
  invite(participantId: string): Promise<void>
  /** Steps down to the audience. @throws LiveStreamError `forbidden` (a host must first hand over its role), or the common errors */
  leave(): Promise<void>
}

/** A request of the stage for the own participant. Of several made while disconnected, the last one counts. */
const OWN: WhileOffline = { latest: 'stage' }

export function stageVerbs({ requests, safely }: VerbPort): StageVerbs {
  const ask = (command: Request, whileOffline: WhileOffline) =>
    safely(command.type, async () => {
      await requests().request(command, whileOffline)
    })
  return {
    request: () => ask({ type: 'stage.request' }, OWN),
    cancel: () => ask({ type: 'stage.cancel' }, OWN),
    leave: () => ask({ type: 'stage.leave' }, OWN),
    approve: (participantId) => ask({ type: 'stage.approve', participantId }, 'refuse'),
    reject: (participantId) => ask({ type: 'stage.reject', participantId }, 'refuse'),
    invite: (participantId) => ask({ type: 'stage.invite', participantId }, 'refuse'),
  }
}
