import { type LedgerParts, type LedgerRecord, mapPart, remembered } from './ledger'

/** An identity that is rejected for a room id until a moderator lifts the ban. */
export type Ban = {
  /** Made by the server: a moderator lifts it by this, for identities are not shown. */
  readonly id: string
  /** The `sub` that is rejected. */
  readonly identity: string
  /** As it was when the ban was made. */
  readonly name: string
  /** ms since the epoch. */
  readonly at: number
}

/** What records say of kicks and bans. */
export type ModerationSecret = BanChange & {
  /** An identity that is rejected until `until` (ms since the epoch), or until the room closes when null. */
  readonly removal?: { readonly identity: string; readonly until: number | null }
}

/** The whole list of bans, or one that was added, or the id of one that was lifted. */
export type BanChange = {
  /** On `room.opened`: the bans of earlier instances that were not lifted. */
  readonly bans?: readonly Ban[]
  /** An identity that is rejected until the ban is lifted, in later instances too. */
  readonly banned?: Ban
  /** The id of a ban that was lifted. */
  readonly unbanned?: string
}

/** Which identities may not come in. */
export type ModerationLedger = {
  /** By identity: rejected until then (ms since the epoch), or until the room closes when null. The newest 10,000. */
  readonly removals: ReadonlyMap<string, number | null>
  /** By identity. */
  readonly bans: ReadonlyMap<string, Ban>
}

/** How kicks and bans are folded and stored. */
export const moderationLedger: LedgerParts<ModerationLedger, ModerationSecret> = {
  removals: mapPart((before, { secret }) =>
    secret?.removal ? remembered(before, secret.removal.identity, secret.removal.until) : before,
  ),
  bans: mapPart((before, { secret }) => applyBans(before, secret)),
}

type Bans = ModerationLedger['bans']

/** The bans after a record; the same map if its secret does not change them. */
export function applyBans(bans: Bans, change: BanChange | undefined): Bans {
  if (change?.bans) return new Map(change.bans.map((ban) => [ban.identity, ban]))
  if (change?.banned) return new Map(bans).set(change.banned.identity, change.banned)
  if (change?.unbanned === undefined) return bans
  return new Map([...bans].filter(([, { id }]) => id !== change.unbanned))
}

/** How a record changes the bans that outlive the instance. */
export function projectBans({ secret = {} }: LedgerRecord<ModerationSecret>): { readonly bans?: BanChange } {
  const { bans, banned, unbanned } = secret
  return bans === undefined && banned === undefined && unbanned === undefined ? {} : { bans: secret }
}
