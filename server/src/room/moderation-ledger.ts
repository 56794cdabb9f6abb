import { type Ledger, type LedgerFolds, newest, put, type Secret } from './ledger'

/** How many identities a room remembers for a role that it gave, and how many for a kick. Far beyond what 20 places bring. */
export const IDENTITIES_KEPT = 10_000

/** What moderators made of identities. */
export const moderationLedger: LedgerFolds<'overrides' | 'removals' | 'bans'> = {
  overrides: (before, { secret }) =>
    secret?.override ? remembered(before, secret.override.identity, secret.override.role) : before,
  removals: (before, { secret }) =>
    secret?.removal ? remembered(before, secret.removal.identity, secret.removal.until) : before,
  bans: (before, { secret }) => applyBans(before, secret),
}

/** Who is banned after what a record's secret says; the same map when it says nothing of it. */
export function applyBans(bans: Ledger['bans'], secret: Secret | undefined): Ledger['bans'] {
  if (secret?.bans) return new Map(secret.bans.map((ban) => [ban.identity, ban]))
  if (secret?.banned) return put(bans, secret.banned.identity, secret.banned)
  if (secret?.unbanned === undefined) return bans
  return new Map([...bans].filter(([, { id }]) => id !== secret.unbanned))
}

/** What is said of an identity last stands last, and outlives what was said of others before. */
function remembered<V>(map: ReadonlyMap<string, V>, identity: string, value: V): Map<string, V> {
  const rest = new Map(map)
  rest.delete(identity)
  return newest(rest.set(identity, value), IDENTITIES_KEPT)
}
