import * as v from 'valibot'

/** All roles, highest first. Each has at least the permissions of the next one. */
export const ROLES = ['host', 'cohost', 'guest', 'viewer'] as const
/** A role: it decides what a participant may do. */
export const role = v.picklist(ROLES)
/** The role of a participant decides what it may do: `host` > `cohost` > `guest` > `viewer`. */
export type Role = (typeof ROLES)[number]

/**
 * Whether a participant with this role is on stage, that is, may publish. The others are the audience.
 *
 * @example
 * ```ts
 * import { isOnStage } from '@peerstage/sdk/protocol'
 *
 * isOnStage('guest') // true
 * isOnStage('viewer') // false
 * ```
 */
export const isOnStage = (of: Role): boolean => of !== 'viewer'

/**
 * Whether role `a` is higher than role `b`.
 *
 * @example
 * ```ts
 * import { outranks } from '@peerstage/sdk/protocol'
 *
 * outranks('host', 'cohost') // true
 * outranks('guest', 'guest') // false
 * ```
 */
export const outranks = (a: Role, b: Role): boolean => ROLES.indexOf(a) < ROLES.indexOf(b)

/** The four slots of a link, in the order of its transceivers. */
export const SOURCES = ['microphone', 'camera', 'screen', 'screenAudio'] as const
/** One of the four slots of a link. */
export const source = v.picklist(SOURCES)
/** One of the four slots of a link. */
export type Source = (typeof SOURCES)[number]

/** What a room is for: how many may be on stage, and what they may publish. */
export const modeName = v.picklist(['voice', 'camera', 'studio'])
/** What a room is for, by name. */
export type ModeName = 'voice' | 'camera' | 'studio'

/** What a room is for, as data. */
export const mode = v.object({
  name: modeName,
  /** How many may be on stage. */
  maxOnStage: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** What they may publish. */
  sources: v.array(source),
})
/** What a room is for: how many may be on stage, and what they may publish. */
export type Mode = {
  /** Its name. */
  name: ModeName
  /** How many may be on stage. */
  maxOnStage: number
  /** What they may publish. */
  sources: Source[]
}

/** The three modes. A room has its server's. */
export const MODES: Readonly<Record<ModeName, Mode>> = {
  voice: { name: 'voice', maxOnStage: 8, sources: ['microphone'] },
  camera: { name: 'camera', maxOnStage: 10, sources: ['microphone', 'camera'] },
  studio: { name: 'studio', maxOnStage: 20, sources: [...SOURCES] },
}
