import type {
  Cast,
  ChatMessage,
  Participant,
  Permission,
  Role,
  RoomCommand,
  RoomCommandOf,
} from '@peerstage/sdk/protocol'
import { mayActOn } from '@peerstage/sdk/protocol'

/** Where a command's need does not hang on what it holds. */
const NEEDS = {
  'chat.send': 'chat',
  'chat.history': 'chat',
  'stage.request': 'requestStage',
  'stage.cancel': 'requestStage',
  'stage.leave': 'leaveStage',
  'stage.approve': 'manageStage',
  'stage.reject': 'manageStage',
  'stage.invite': 'manageStage',
  'moderation.mute': 'mute',
  'moderation.kick': 'kick',
  'moderation.ban': 'ban',
  'moderation.banAuthor': 'ban',
  'moderation.unban': 'ban',
  'moderation.bans': 'ban',
  'moderation.setRole': 'setRole',
  'moderation.lock': 'lock',
  'moderation.unlock': 'lock',
  'moderation.endRoom': 'endRoom',
} as const satisfies Record<Exclude<RoomCommand['type'], 'media.update' | 'chat.delete'>, Permission>

/**
 * What a command needs; undefined if being in the room is enough: a participant that may not publish may still stop publishing.
 * `messages`: those of the room, because one's own may always be deleted.
 */
export function neededFor(command: RoomCommand, by: string, messages: readonly ChatMessage[]): Permission | undefined {
  if (command.type === 'media.update') return publishesSomething(command) ? 'publish' : undefined
  if (command.type !== 'chat.delete') return NEEDS[command.type]
  const message = messages.find((each) => each.id === command.messageId)
  return message === undefined || message.participantId === by ? undefined : 'deleteMessages'
}

const publishesSomething = ({ sources }: RoomCommandOf<'media.update'>): boolean =>
  Object.values(sources).some((source) => source?.published)

/** What a cast needs. */
export const CAST_NEEDS = { reaction: 'react', data: 'sendData' } as const satisfies Record<Cast['type'], Permission>

/** Why this one may not moderate that one, as far as it hangs on who they are. Moderation is for other participants. */
export function reasonAgainst(
  actor: Pick<Participant, 'id' | 'role'>,
  target: { readonly id: string | undefined; readonly role: Role },
): string | undefined {
  if (target.id === actor.id) return 'This is for others, not for yourself.'
  return mayActOn(actor.role, target.role) ? undefined : `A ${actor.role} may not do that to a ${target.role}.`
}
