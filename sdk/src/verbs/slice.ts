import type { CastDown, Room, RoomEvent, RoomEventOf } from '../protocol'
import type { VerbPorts } from './verb'

/** The events of a map from name to payload, as one union. */
type EventIn<E> = { [N in keyof E & string]: { readonly name: N; readonly payload: E[N] } }[keyof E & string]

/** An event's payload without its participant; empty if the participant is all. */
export type Rest<P> = keyof Omit<P, 'participant'> extends never ? [] : [rest: Omit<P, 'participant'>]

/** One event about a participant: as it is now or, if it is gone, as it was. No event if there was no such participant. */
export type About<E> = <N extends keyof E & string>(id: string, name: N, ...rest: Rest<E[N]>) => readonly EventIn<E>[]

/** The context of a logged event. */
export type EventContext<E> = {
  /** The participant that caused it; null for the server. */
  readonly by: string | null
  readonly before: Room
  readonly after: Room
  readonly selfId: string | undefined
  readonly about: About<E>
}

/** A snapshot that replaced the known room. In another instance all participants are new. */
export type SnapshotContext<E> = {
  readonly before: Room
  readonly after: Room
  readonly selfId: string | undefined
  /** Our id in the room before. */
  readonly formerSelf: string | undefined
  readonly about: About<E>
}

/** A cast, and the participant that it is from. */
export type CastContext<E> = { readonly from: string; readonly about: About<E> }

type CastType = CastDown['cast']['type']
type CastOf<T extends CastType> = Extract<CastDown['cast'], { type: T }>

/** What a slice declares. */
export type Declaration = {
  /** Namespace of the client → verbs. Slices may share a namespace. */
  readonly verbs?: object
  /** Fields of `client.state`. */
  readonly state?: object
  /** Event name → payload. */
  readonly events?: object
  /** The types of the logged events that it reads. Several slices may read one. */
  readonly logged?: RoomEvent['type']
  /** The types of the casts that it reads. */
  readonly casts?: CastType
}

/**
 * One feature of the SDK in one file: its verbs, its part of the state, and its events. It must have what it declares.
 * `slices.ts` lists the slices; no other file names one.
 */
export type Slice<D extends Declaration> = Part<D, 'verbs', { verbs: Verbs<Declared<D, 'verbs'>> }> &
  /** Its fields of the state, made from the room only. The store keeps the identity of parts that are equal to the previous ones. */
  Part<D, 'state', { view: (room: Room) => Declared<D, 'state'> }> &
  /** The app's events for logged events. Pure; each fact is emitted only here. */
  Part<D, 'logged', { onLogged: { readonly [T in Declared<D, 'logged'>]: LoggedHandler<T, Declared<D, 'events'>> } }> &
  Part<D, 'casts', { onCast: { readonly [T in Declared<D, 'casts'>]: CastHandler<T, Declared<D, 'events'>> } }> & {
    /** The app's events for the differences between a snapshot and the room before it. */
    readonly onSnapshot?: SnapshotHandler<Declared<D, 'events'>>
    /** For the compiler: no slice has it at run time. */
    readonly declares?: D
  }

type Part<D extends Declaration, K extends keyof Declaration, P> = D extends { readonly [X in K]: unknown }
  ? Readonly<P>
  : { readonly [X in keyof P]?: never }
type Declared<D extends Declaration, K extends keyof Declaration> = NonNullable<D[K]>
type Verbs<V> = { readonly [N in keyof V]: (ports: VerbPorts) => V[N] }
type LoggedHandler<T extends RoomEvent['type'], E> = (
  event: RoomEventOf<T>,
  context: EventContext<E>,
) => readonly EventIn<E>[]
type SnapshotHandler<E> = (context: SnapshotContext<E>) => readonly EventIn<E>[]
type CastHandler<T extends CastType, E> = (cast: CastOf<T>, context: CastContext<E>) => readonly EventIn<E>[]
