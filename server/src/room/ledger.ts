import type { LoggedEvent, Role, RoomEvent, RoomEventOf } from '@peerstage/sdk/protocol'
import { ANSWERED_COMMANDS_KEPT } from '@peerstage/sdk/protocol'

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

/** How many identities a room remembers for a role that it gave, and how many for a kick. Far beyond what 20 places bring. */
export const IDENTITIES_KEPT = 10_000

export const EMPTY_LEDGER: Ledger = {
  sessions: new Map(),
  overrides: new Map(),
  removals: new Map(),
  bans: new Map(),
  emptySince: null,
  ended: null,
}

type Noted = LoggedEvent<RoomEvent> & { readonly secret?: Secret }

/** Folds one record into the ledger. `present`: how many participants are in the room after it. */
export function evolveLedger(ledger: Ledger, record: Noted, present: number): Ledger {
  const { event, secret } = record
  return {
    sessions: answered(seated(ledger.sessions, event, secret?.session), record),
    overrides: secret?.override
      ? remembered(ledger.overrides, secret.override.identity, secret.override.role)
      : ledger.overrides,
    removals: secret?.removal
      ? remembered(ledger.removals, secret.removal.identity, secret.removal.until)
      : ledger.removals,
    bans: banned(ledger.bans, secret),
    emptySince: present > 0 ? null : (ledger.emptySince ?? record.at),
    ended: event.type === 'room.ended' ? event.reason : ledger.ended,
  }
}

/** Who is banned after what a record's secret says; the same map when it says nothing of it. */
export function banned(bans: Ledger['bans'], secret: Secret | undefined): Ledger['bans'] {
  if (secret?.bans) return new Map(secret.bans.map((ban) => [ban.identity, ban]))
  if (secret?.banned) return put(bans, secret.banned.identity, secret.banned)
  if (secret?.unbanned === undefined) return bans
  return new Map([...bans].filter(([, { id }]) => id !== secret.unbanned))
}

type Sessions = Ledger['sessions']

function seated(sessions: Sessions, event: RoomEvent, session: Secret['session']): Sessions {
  switch (event.type) {
    case 'participant.joined':
      return session
        ? put(sessions, event.participant.id, { ...session, answered: new Map(), lastCommandId: 0 })
        : sessions
    case 'participant.returned': {
      if (!session) return sessions
      const before = sessions.get(event.participantId)
      // Command ids count within a session: another session starts anew, another page of the same one counts on.
      const counted = before?.hash === session.hash ? before : { answered: new Map(), lastCommandId: 0 }
      return put(sessions, event.participantId, { ...counted, ...session })
    }
    case 'participant.roleChanged':
      return event.reason === 'token' ? withTokenRole(sessions, event) : sessions
    case 'participant.left': {
      const rest = new Map(sessions)
      rest.delete(event.participantId)
      return rest
    }
    default:
      return sessions
  }
}

function withTokenRole(sessions: Sessions, { participantId, role }: RoomEventOf<'participant.roleChanged'>): Sessions {
  const session = sessions.get(participantId)
  return session === undefined ? sessions : put(sessions, participantId, { ...session, tokenRole: role })
}

function answered(sessions: Sessions, { seq, secret }: Noted): Sessions {
  const command = secret?.command
  const session = command && sessions.get(command.participantId)
  if (!command || !session) return sessions
  const kept = newest(put(session.answered, command.id, seq), ANSWERED_COMMANDS_KEPT)
  const lastCommandId = Math.max(session.lastCommandId, command.id)
  return put(sessions, command.participantId, { ...session, answered: kept, lastCommandId })
}

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): Map<K, V> {
  return new Map(map).set(key, value)
}

/** What is said of an identity last stands last, and outlives what was said of others before. */
function remembered<V>(map: ReadonlyMap<string, V>, identity: string, value: V): Map<string, V> {
  const rest = new Map(map)
  rest.delete(identity)
  return newest(rest.set(identity, value), IDENTITIES_KEPT)
}

/** Takes the oldest out until `most` are left. */
function newest<K, V>(map: Map<K, V>, most: number): Map<K, V> {
  for (const key of map.keys()) {
    if (map.size <= most) break
    map.delete(key)
  }
  return map
}
