import type { Participant, Role } from '@peerstage/sdk/protocol'
import { mayActOn } from '@peerstage/sdk/protocol'

/** Why this one may not moderate that one, as far as it hangs on who they are. Moderation is for other participants. */
export function reasonAgainst(
  actor: Pick<Participant, 'id' | 'role'>,
  target: { readonly id: string | undefined; readonly role: Role },
): string | undefined {
  if (target.id === actor.id) return 'This is for others, not for yourself.'
  return reasonAgainstRank(actor.role, target.role)
}

/** Why a role may not moderate another. */
export const reasonAgainstRank = (actor: Role, target: Role): string | undefined =>
  mayActOn(actor, target) ? undefined : `A ${actor} may not do that to a ${target}.`

/** Why a participant may not moderate the one that its command names. */
export const reasonAgainstTarget = ({ actor, target }: { actor: Participant; target: Participant }) =>
  reasonAgainst(actor, target)
