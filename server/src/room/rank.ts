import type { Participant, Role } from '@peerstage/sdk/protocol'
import { mayActOn } from '@peerstage/sdk/protocol'

/** Why this one may not moderate that one, as far as it hangs on who they are. Moderation is for other participants. */
export function reasonAgainst(
  actor: Pick<Participant, 'id' | 'role'>,
  target: { readonly id: string | undefined; readonly role: Role },
): string | undefined {
  if (target.id === actor.id) return 'This is for others, not for yourself.'
  return mayActOn(actor.role, target.role) ? undefined : `A ${actor.role} may not do that to a ${target.role}.`
}

/** Why a participant may not moderate the one that its command names. */
export const reasonAgainstTarget = ({ actor, target }: { actor: Participant; target: Participant }) =>
  reasonAgainst(actor, target)
