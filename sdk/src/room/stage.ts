import type { Request, WhileOffline } from './request'
import type { VerbPort } from './verb'

/**
 * Coming on stage and leaving it, for viewers; deciding who may, for hosts and cohosts. Every one throws LiveStreamError
 * `not_joined`; those for hosts and cohosts `unavailable` while disconnected.
 *
 * @example
 * ```ts
 * await client.stage.request() // a viewer raises the hand
 * client.on('stageRequested', ({ participant }) => client.stage.approve(participant.id)) // a host lets all come
 * ```
 */
export type StageVerbs = {
  /** Raises the hand; with an invitation open it accepts that. @throws LiveStreamError `stage_full`, `not_joined` */
  request(): Promise<void>
  /** Lowers the hand, or declines an invitation. */
  cancel(): Promise<void>
  /** Brings a viewer with a raised hand on stage, as a guest. @throws LiveStreamError `forbidden`, `stage_full`, `peer_not_found`, `invalid` (no hand is up) */
  approve(participantId: string): Promise<void>
  /** Turns a raised hand down, or takes an invitation back. @throws LiveStreamError `forbidden`, `peer_not_found` */
  reject(participantId: string): Promise<void>
  /** Invites a viewer; one whose hand is up comes on stage at once. @throws LiveStreamError `forbidden`, `stage_full`, `peer_not_found` */
  invite(participantId: string): Promise<void>
  /** Steps down to the audience. @throws LiveStreamError `forbidden` (a host hands its role on first) */
  leave(): Promise<void>
}

/** What one wants for oneself: of several wishes made while disconnected, the last one counts. */
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
