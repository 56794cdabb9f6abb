import { outranks, type Role } from './roles'
import { participantOf, type Room } from './room'

/** The roles that have each permission. The server decides by this table, and SDKs show it. */
export const PERMISSIONS = {
  publish: ['host', 'cohost', 'guest'],
  chat: ['host', 'cohost', 'guest', 'viewer'],
  react: ['host', 'cohost', 'guest', 'viewer'],
  sendData: ['host', 'cohost', 'guest', 'viewer'],
  signal: ['host', 'cohost', 'guest', 'viewer'],
  requestStage: ['host', 'cohost', 'guest', 'viewer'],
  // A host steps down with `moderation.setRole`, which rejects it for the last host.
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

/** The name of a permission. */
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
 * The permissions of a participant now; none when it is not in the room. The arguments are room and participant, not the role, because
 * rules of a room and grants to an identity will be able to change them. Equal results are the same `Set` object.
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
 * Whether a moderator may mute, remove or change the role of another participant. A host may do so with all, others with those of a lower role.
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
 * Whether a moderator may give a role: it must not be above its own.
 *
 * @example
 * ```ts
 * import { mayGive } from '@peerstage/sdk/protocol'
 *
 * mayGive('cohost', 'host') // false
 * ```
 */
export const mayGive = (actor: Role, role: Role): boolean => !outranks(role, actor)
