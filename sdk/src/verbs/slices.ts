import type { Room } from '../protocol'
import type { StateOf } from '../state/state'
import { chat } from './chat'
import { data } from './data'
import { media } from './media'
import { moderation } from './moderation'
import { participants } from './participants'
import { pins } from './pins'
import { reactions } from './reactions'
import { stage } from './stage'
import type { VerbPorts } from './verb'

/** The register: one line for each feature of the SDK. The app's events for one logged event or snapshot come in this order. */
export const SLICES = [participants, media, chat, pins, reactions, stage, moderation, data] as const

type Declarations = NonNullable<(typeof SLICES)[number]['declares']>

/** All members of a union at once. */
type Merged<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer All) => void ? All : never
type Part<D, K extends string> = D extends { readonly [P in K]: infer T } ? T : never

/** Event name → payload, of all slices. */
export type SliceEvents = Merged<Part<Declarations, 'events'>>
/** The fields that slices add to the state. */
export type SliceState = Merged<Part<Declarations, 'state'>>
/** Namespace → verbs, of all slices. */
export type ClientVerbs = Merged<Part<Declarations, 'verbs'>>
/** The types of the logged events that slices read. */
export type LoggedType = Part<Declarations, 'logged'>
/** The types of the casts that slices read. */
export type ReadCastType = Part<Declarations, 'casts'>

/**
 * The state that an app shows. Immutable; parts that did not change keep their identity. Lists are empty when idle.
 * @useDeclaredType
 */
export type ClientState = StateOf<SliceState>

/** All verbs, by namespace. */
export function verbsOf(ports: VerbPorts): ClientVerbs {
  const namespaces: Record<string, object> = {}
  for (const { verbs = {} } of SLICES) {
    for (const [name, make] of Object.entries<(ports: VerbPorts) => object>(verbs)) {
      // By descriptors, so that a getter stays a getter.
      const own = Object.getOwnPropertyDescriptors(make(ports))
      namespaces[name] = Object.defineProperties(namespaces[name] ?? {}, own)
    }
  }
  return namespaces as ClientVerbs
}

/** The slices' part of the state. */
export const viewOf = (room: Room): SliceState => Object.assign({}, ...SLICES.map(({ view }) => view?.(room)))
