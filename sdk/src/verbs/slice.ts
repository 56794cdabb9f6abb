import type { CastDown, Room, RoomEvent, RoomEventOf } from '../protocol'
import type { VerbPorts } from './verb'

/** The events of a map from name to payload, as one union. */
type EventIn<E> = { [N in keyof E & string]: { readonly name: N; readonly payload: E[N] } }[keyof E & string]

/** An event's payload, but for the participant that it is about; nothing where that is all. */
export type Rest<P> = keyof Omit<P, 'participant'> extends never ? [] : [rest: Omit<P, 'participant'>]

/** One event about a participant: as it is now or, when it is gone, as it was. None where there was no such participant. */
export type About<E> = <N extends keyof E & string>(id: string, name: N, ...rest: Rest<E[N]>) => readonly EventIn<E>[]

/** What a logged event is seen with. */
export type EventContext<E> = {
  /** The participant that caused it; null for the server. */
  readonly by: string | null
  readonly before: Room
  readonly after: Room
  readonly selfId: string | undefined
  readonly about: About<E>
}

/** A room that was taken over whole, after another one was known. In another instance all participants are others. */
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
 * One feature on this side of the wire, all in one file: its verbs, its part of the state, and its events. What it declares, it
 * must have. `slices.ts` lists the slices; nothing else names one.
 */
export type Slice<D extends Declaration> = Part<D, 'verbs', { verbs: Verbs<Declared<D, 'verbs'>> }> &
  /** Its fields of the state, from nothing but the room. The store keeps the identity of what is equal to what was there before. */
  Part<D, 'state', { view: (room: Room) => Declared<D, 'state'> }> &
  /** What logged events are for an app. Pure; a fact is emitted here and nowhere else. */
  Part<D, 'logged', { onLogged: { readonly [T in Declared<D, 'logged'>]: LoggedHandler<T, Declared<D, 'events'>> } }> &
  Part<D, 'casts', { onCast: { readonly [T in Declared<D, 'casts'>]: CastHandler<T, Declared<D, 'events'>> } }> & {
    /** What a snapshot has that the room did not have before, and the other way round. */
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
