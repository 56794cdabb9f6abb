import type { LoggedEvent, Role, RoomEvent } from '@peerstage/sdk/protocol'

/** What a stored record holds beside its event, for the ledger alone. It never leaves the server. */
export type Secret = {
  /** On `participant.joined` and `participant.returned`: whose place it is, and which session holds it now. */
  readonly session?: {
    readonly identity: string
    readonly hash: string
    readonly joinId: string
    readonly tokenRole: Role
  }
  /** The command that this record answers: its id within the session of `participantId`. */
  readonly command?: { readonly participantId: string; readonly id: number }
  /** A role that holds for an identity whatever its token says, until the room closes. */
  readonly override?: { readonly identity: string; readonly role: Role }
  /** An identity that is refused until `until` (ms since the epoch), or until the room closes when null. */
  readonly removal?: { readonly identity: string; readonly until: number | null }
  /** On `chat.sent`: the identity that wrote it. */
  readonly author?: string
  /** On `room.opened`: the bans of earlier instances that were not lifted. */
  readonly bans?: readonly Ban[]
  /** An identity that is refused until the ban is lifted, in later instances too. */
  readonly banned?: Ban
  /** The id of a ban that was lifted. */
  readonly unbanned?: string
}

/** An identity that is rejected for a room id until a moderator lifts the ban. */
export type Ban = {
  /** Made by the server: a moderator lifts it by this, for identities are not shown. */
  readonly id: string
  /** The `sub` that is refused. */
  readonly identity: string
  /** As it was when the ban was made. */
  readonly name: string
  /** ms since the epoch. */
  readonly at: number
}

/** The session that holds a participant's place. */
export type SessionRecord = {
  /** The `sub` of its token. */
  readonly identity: string
  /** SHA-256 of the session key, hex. */
  readonly hash: string
  /** Which stay of the session went on with it last. */
  readonly joinId: string
  /** What its newest token at a join said, or less where a token has lowered its role since. */
  readonly tokenRole: Role
  /** Accepted commands that led to events: id → seq of the last of them. The newest 64. */
  readonly answered: ReadonlyMap<number, number>
  /** The highest id in `answered` since the session began; 0 for none. */
  readonly lastCommandId: number
}

/** What only the server may know about a room. Keys come from clients, so they are in Maps. */
export type Ledger = {
  /** By participant id, without participants that left. */
  readonly sessions: ReadonlyMap<string, SessionRecord>
  /** By identity; the newest 10,000. */
  readonly overrides: ReadonlyMap<string, Role>
  /** By identity: refused until then (ms since the epoch), or until the room closes when null. The newest 10,000. */
  readonly removals: ReadonlyMap<string, number | null>
  /** By identity. */
  readonly bans: ReadonlyMap<string, Ban>
  /** Since when the room is empty (ms since the epoch); null while it is not. */
  readonly emptySince: number | null
  /** Why the room ended; null while it is open. */
  readonly ended: 'ended' | 'empty' | null
}

export const EMPTY_LEDGER: Ledger = {
  sessions: new Map(),
  overrides: new Map(),
  removals: new Map(),
  bans: new Map(),
  emptySince: null,
  ended: null,
}

/** A record, as far as the ledger reads it. */
export type LedgerRecord = LoggedEvent<RoomEvent> & { readonly secret?: Secret }

/** How parts of the ledger are folded. `present`: how many participants are in the room after the record. */
export type LedgerFolds<Name extends keyof Ledger> = {
  readonly [Part in Name]: (before: Ledger[Part], record: LedgerRecord, present: number) => Ledger[Part]
}

/** A map with one entry more. */
export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): Map<K, V> {
  return new Map(map).set(key, value)
}

/** Takes the oldest out until `most` are left. */
export function newest<K, V>(map: Map<K, V>, most: number): Map<K, V> {
  for (const key of map.keys()) {
    if (map.size <= most) break
    map.delete(key)
  }
  return map
}
