import fc from 'fast-check'
import type { Request, WhileOffline } from '../../src/ports/requests'
import type { Room } from '../../src/protocol'

/** A command, but for whom and what it is about. */
export type Asking =
  | 'stage.request'
  | 'stage.cancel'
  | 'stage.leave'
  | 'stage.approve'
  | 'stage.reject'
  | 'stage.invite'
  | 'demote'
  | 'promote'
  | 'make host'
  | 'kick'
  | 'kick for a minute'
  | 'ban'
  | 'unban'
  | 'lock'
  | 'unlock'
  | 'end'
  | 'camera on'
  | 'camera off'
  | 'mute'
  | 'chat.delete'
  | 'chat.pin'
  | 'chat.unpin'
  | 'chat.history'

const often = (weight: number, ...words: Asking[]) => ({ weight, arbitrary: fc.constantFrom(...words) })

export const asking: fc.Arbitrary<Asking> = fc.oneof(
  often(6, 'stage.request', 'stage.approve', 'stage.invite', 'demote', 'promote', 'camera on'),
  often(2, 'stage.cancel', 'stage.leave', 'stage.reject', 'make host', 'camera off', 'mute', 'chat.delete', 'chat.pin'),
  often(2, 'kick', 'kick for a minute', 'ban', 'ban', 'unban', 'unlock', 'chat.history'),
  often(1, 'lock', 'end', 'chat.unpin'),
)

const CAMERA = { published: true, muted: false, interrupted: false }

/** The command, said of the nth participant or message that its author sees, and whether it waits for a connection. */
export function requestFor(
  asking: Asking,
  { room, self, nth, ban }: { room: Room; self: string; nth: number; ban: string },
): [Request, WhileOffline] {
  const others = room.participants.filter(({ id }) => id !== self)
  const participantId = others[nth % others.length]?.id ?? self
  const hand = room.stageRequests[0]?.participantId ?? participantId
  switch (asking) {
    case 'stage.request':
    case 'stage.cancel':
    case 'stage.leave':
      return [{ type: asking }, 'queue']
    case 'stage.approve':
    case 'stage.reject':
      return [{ type: asking, participantId: hand }, 'reject']
    case 'stage.invite':
      return [{ type: asking, participantId }, 'reject']
    case 'demote':
      return [{ type: 'moderation.setRole', participantId, role: 'viewer' }, 'reject']
    case 'promote':
      return [{ type: 'moderation.setRole', participantId, role: 'cohost' }, 'reject']
    case 'make host':
      return [{ type: 'moderation.setRole', participantId, role: 'host' }, 'reject']
    case 'kick':
      return [{ type: 'moderation.kick', participantId }, 'reject']
    case 'kick for a minute':
      return [{ type: 'moderation.kick', participantId, minutes: 1 }, 'reject']
    case 'ban':
      return [{ type: 'moderation.ban', participantId }, 'reject']
    case 'unban':
      return [{ type: 'moderation.unban', banId: ban }, 'reject']
    case 'lock':
      return [{ type: 'moderation.lock' }, 'reject']
    case 'unlock':
      return [{ type: 'moderation.unlock' }, 'reject']
    case 'end':
      return [{ type: 'moderation.endRoom' }, 'reject']
    case 'camera on':
      return [{ type: 'media.update', sources: { camera: CAMERA } }, { latest: 'camera' }]
    case 'camera off':
      return [{ type: 'media.update', sources: { camera: { ...CAMERA, published: false } } }, { latest: 'camera' }]
    case 'mute':
      return [{ type: 'moderation.mute', participantId, source: 'camera' }, 'reject']
    case 'chat.delete':
      return [{ type: asking, messageId: room.messages[nth % room.messages.length]?.id ?? 'none' }, 'queue']
    case 'chat.pin':
      return [{ type: asking, messageId: room.messages[nth % room.messages.length]?.id ?? 'none' }, 'reject']
    case 'chat.unpin':
      return [{ type: asking, messageId: room.pinnedMessages[0]?.id ?? 'none' }, 'reject']
    case 'chat.history':
      return [{ type: asking }, 'queue']
  }
}
