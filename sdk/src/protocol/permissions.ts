import { outranks, type Role } from './roles'
import { participantOf, type Room } from './room'

/** Who may do what: the one table, role by permission. The server judges by it, and SDKs show it. */
export const PERMISSIONS = {
  publish: ['host', 'cohost', 'guest'],
  chat: ['host', 'cohost', 'guest', 'viewer'],
  react: ['host', 'cohost', 'guest', 'viewer'],
  sendData: ['host', 'cohost', 'guest', 'viewer'],
  signal: ['host', 'cohost', 'guest', 'viewer'],
  requestStage: ['host', 'cohost', 'guest', 'viewer'],
  // A host steps down by `moderation.setRole`, where the last one is kept from it.
  leaveStage: ['cohost', 'guest', 'viewer'],
  manageStage: ['host', 'cohost'],
  deleteMessages: ['host', 'cohost'],
  pinMessages: ['host', 'cohost'],
  mute: ['host', 'cohost'],
  kick: ['host', 'cohost'],
  ban: ['host', 'cohost'],
  setRole: ['host', 'cohost'],
  lock: ['host', 'cohost'],
  endRoom: ['host'],
} as const satisfies Readonly<Record<string, readonly Role[]>>

/** What a participant may be allowed to do, by name. */
export type Permission = keyof typeof PERMISSIONS

const NONE: ReadonlySet<Permission> = new Set()

const allowedTo = (role: Role): ReadonlySet<Permission> => {
  const all = Object.entries(PERMISSIONS) as [Permission, readonly Role[]][]
  return new Set(all.flatMap(([permission, roles]) => (roles.includes(role) ? permission : [])))
}

const BY_ROLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  host: allowedTo('host'),
  cohost: allowedTo('cohost'),
  guest: allowedTo('guest'),
  viewer: allowedTo('viewer'),
}

/**
 * What a participant may do now; nothing when it is not in the room. Asked by room and participant, not by role, because
 * the rules of a room and what an identity was granted will bend the row of its role here. Equal answers are the same set.
 *
 * @example
 * ```ts
 * import { permissionsOf, type Room } from '@peerstage/sdk/protocol'
 *
 * const mayMute = (room: Room, participantId: string) => permissionsOf(room, participantId).has('mute')
 * ```
 */
export function permissionsOf(room: Room, participantId: string): ReadonlySet<Permission> {
  const participant = participantOf(room, participantId)
  return participant === undefined ? NONE : BY_ROLE[participant.role]
}

/**
 * Whether a moderator may mute, remove or change the role of another participant: a host of all, others of those below them.
 *
 * @example
 * ```ts
 * import { mayActOn } from '@peerstage/sdk/protocol'
 *
 * mayActOn('cohost', 'guest') // true
 * mayActOn('cohost', 'cohost') // false
 * ```
 */
export const mayActOn = (actor: Role, target: Role): boolean => actor === 'host' || outranks(actor, target)

/**
 * Whether a moderator may give a role: none that is above its own.
 *
 * @example
 * ```ts
 * import { mayGive } from '@peerstage/sdk/protocol'
 *
 * mayGive('cohost', 'host') // false
 * ```
 */
export const mayGive = (actor: Role, role: Role): boolean => !outranks(role, actor)
