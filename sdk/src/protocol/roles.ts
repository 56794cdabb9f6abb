import * as v from 'valibot'

/** From most to least: each role may do at least what the next one may. */
export const ROLES = ['host', 'cohost', 'guest', 'viewer'] as const
export const role = v.picklist(ROLES)
export type Role = (typeof ROLES)[number]

/** Whether a role's participant is on stage, that is, may publish. The rest are the audience. */
export const isOnStage = (of: Role): boolean => of !== 'viewer'

/** Whether `a` stands above `b`. */
export const outranks = (a: Role, b: Role): boolean => ROLES.indexOf(a) < ROLES.indexOf(b)

/** The four slots of a link, in the order of its transceivers. */
export const SOURCES = ['microphone', 'camera', 'screen', 'screenAudio'] as const
export const source = v.picklist(SOURCES)
export type Source = (typeof SOURCES)[number]

/** What a room is for: how many may be on stage, and what they may publish. */
export const modeName = v.picklist(['voice', 'camera', 'studio'])
export type ModeName = v.InferOutput<typeof modeName>

export const mode = v.object({
  name: modeName,
  maxOnStage: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sources: v.array(source),
})
export type Mode = v.InferOutput<typeof mode>

export const MODES: Readonly<Record<ModeName, Mode>> = {
  voice: { name: 'voice', maxOnStage: 8, sources: ['microphone'] },
  camera: { name: 'camera', maxOnStage: 10, sources: ['microphone', 'camera'] },
  studio: { name: 'studio', maxOnStage: 20, sources: [...SOURCES] },
}
