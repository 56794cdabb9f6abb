import type { Request, WhileOffline } from '../ports/requests'
import type { VerbPort } from './verb'

/**
 * Coming on stage and leaving it, for viewers: of several wishes made while disconnected, the last one counts. Deciding who may, for
 * hosts and cohosts: refused at once with `unavailable` while disconnected. Every one throws what any verb may: see {@link ErrorCode}.
 *
 * @example
 * ```ts
 * await client.stage.request() // a viewer raises the hand
 * client.on('stageRequested', ({ participant }) => client.stage.approve(participant.id)) // a host lets all come
 * ```
 */
export type StageVerbs = {
  /** Raises the hand; with an invitation open it accepts that. @throws LiveStreamError `stage_full`, or as any verb */
  request(): Promise<void>
  /** Lowers the hand, or declines an invitation; harmless without. @throws LiveStreamError as any verb */
  cancel(): Promise<void>
  /**
   * Brings a viewer with a raised hand on stage, as a guest.
   * @throws LiveStreamError `stage_full`, `peer_not_found`, `invalid` (no hand is up), or as any verb
   */
  approve(participantId: string): Promise<void>
  /** Turns a raised hand down, or takes an invitation back. @throws LiveStreamError `peer_not_found`, or as any verb */
  reject(participantId: string): Promise<void>
  /**
   * Invites a viewer; one whose hand is up comes on stage at once.
   * @throws LiveStreamError `stage_full`, `peer_not_found`, or as any verb
   */
  invite(participantId: string): Promise<void>
  /** Steps down to the audience. @throws LiveStreamError `forbidden` (a host hands its role on first), or as any verb */
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
