import { ANY_ROOM } from '../auth/claims'
import type { RefusedToken, Verify } from '../auth/verify-token'
import type { Rooms } from '../hosting/rooms'
import type { May, Verdict } from './gate'

/** What a bearer may do by REST. */
export type Access = {
  /** Looks after a room: its host, as the room has it and not the token alone, or an admin. */
  readonly mayManage: May
  /** An admin of a room; without a room, of all of them: one whose token says `*`. */
  readonly mayAdminister: (token: string, roomId?: string) => Promise<Verdict>
}

export function accessOf(verify: Verify, rooms: Pick<Rooms, 'standingOf'>): Access {
  return {
    async mayManage(token, roomId) {
      const verified = await verify(token, roomId)
      if ('goodbye' in verified) return deniedBy(verified)
      const { admin, role, sub } = verified.claims
      if (admin) return 'allowed'
      const standing = await rooms.standingOf(roomId, sub)
      if (standing === 'unknown') return { why: 'unavailable' }
      return only((standing ?? role) === 'host')
    },
    async mayAdminister(token, roomId = ANY_ROOM) {
      const verified = await verify(token, roomId)
      return 'goodbye' in verified ? deniedBy(verified) : only(verified.claims.admin)
    },
  }
}

const only = (isAllowed: boolean): Verdict => (isAllowed ? 'allowed' : { why: 'forbidden' })

const deniedBy = ({ goodbye: why, fault }: RefusedToken): Verdict => (fault === undefined ? { why } : { why, fault })
