import type { LoggedEvent, Role, RoomEvent } from '@peerstage/sdk/protocol'

/**
 * What a stored record holds beside its event: JSON that each slice writes and reads for itself, by names of its own. It never
 * leaves the server.
 */
export type Secret = { readonly [name: string]: unknown }

/** The session that holds a participant's seat. */
export type SessionRecord = {
  /** The `sub` of its token. */
  readonly identity: string
  /** SHA-256 of the session key, hex. */
  readonly hash: string
  /** Which stay of the session went on with it last. */
  readonly joinId: string
  /** What its newest token at a join said, or less where a token has lowered its role since. */
  readonly tokenRole: Role
  /** Accepted commands that led to events: the id of each, and the seq of the last event. The newest 64, oldest first. */
  readonly answered: readonly (readonly [id: number, seq: number])[]
  /** The highest id in `answered` since the session began; 0 for none. */
  readonly lastCommandId: number
}

/** The parts of the ledger that every slice may read. Keys come from clients, so they are in Maps. */
export type BaseLedger = {
  /** By participant id, without participants that left. */
  readonly sessions: ReadonlyMap<string, SessionRecord>
  /** By identity: roles that hold whatever its token says, until the room closes. The newest 10,000. */
  readonly overrides: ReadonlyMap<string, Role>
  /** Since when the room is empty (ms since the epoch); null while it is not. */
  readonly emptySince: number | null
  /** Why the room ended; null while it is open. */
  readonly ended: 'ended' | 'empty' | null
}

/** A record, as far as a slice reads it that writes secrets `S`. */
export type LedgerRecord<S extends Secret = Secret> = LoggedEvent<RoomEvent> & { readonly secret?: S }

/** One part of the ledger: how it begins, how records change it, and how it is stored as JSON. */
export type LedgerPart<T, S extends Secret = Secret> = {
  /** Before the first record, and in a stored room that is older than the part. */
  readonly start: T
  /**
   * The same value where the record does not change it, or where it is of the draft. `present`: how many participants are in the room after the
   * record.
   */
  readonly fold: (before: T, record: LedgerRecord<S>, present: number, draft: Draft) => T
  /** What JSON can hold of it. */
  readonly write: (value: T) => unknown
  /** The value of what `write` gave, after JSON. */
  readonly read: (stored: never) => T
}

/** The parts of a slice, by the names that they have in the ledger. */
export type LedgerParts<L, S extends Secret = Secret> = { readonly [Name in keyof L]: LedgerPart<L[Name], S> }

/** A part that is JSON already. */
export const plainPart = <T, S extends Secret = Secret>(
  start: T,
  fold: LedgerPart<T, S>['fold'],
): LedgerPart<T, S> => ({
  start,
  fold,
  write: (value) => value,
  read: (stored: T) => stored,
})

/** A part that is a map. JSON holds its entries, in their order. */
export const mapPart = <K, V, S extends Secret>(
  fold: LedgerPart<ReadonlyMap<K, V>, S>['fold'],
): LedgerPart<ReadonlyMap<K, V>, S> => ({
  start: new Map(),
  fold,
  write: (map) => [...map],
  read: (entries: readonly (readonly [K, V])[]) => new Map(entries),
})

/**
 * The maps that were made since a state was published: until the next one is, they are changed in place. A copy for each command would be a tenth
 * of all garbage.
 */
export class Draft {
  readonly #own = new Set<unknown>()

  /** The map with one entry more. */
  put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
    return this.#owned(map).set(key, value)
  }

  #owned<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
    if (this.#own.has(map)) return map as Map<K, V>
    const copy = new Map(map)
    this.#own.add(copy)
    return copy
  }
}

/** Takes the oldest out until `most` are left. */
export function newest<K, V>(map: Map<K, V>, most: number): Map<K, V> {
  for (const key of map.keys()) {
    if (map.size <= most) break
    map.delete(key)
  }
  return map
}

/** How many identities a room remembers for a role that it gave, and how many for a kick. Far more than 20 seats bring. */
export const IDENTITIES_KEPT = 10_000

/** A map in which the newest entry is last. The oldest one goes when there are too many identities. */
export function remembered<V>(map: ReadonlyMap<string, V>, identity: string, value: V): Map<string, V> {
  const rest = new Map(map)
  rest.delete(identity)
  return newest(rest.set(identity, value), IDENTITIES_KEPT)
}
