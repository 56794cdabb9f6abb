import { ANY_ROOM } from '../auth/claims'
import type { RejectedToken, Verify } from '../auth/verify-token'
import type { Rooms } from '../hosting/rooms'
import type { AccessResult, CheckAccess } from './require-access'

/** What a bearer may do by REST. */
export type RestAccess = {
  /** Looks after a room: its host, as the room has it and not the token alone, or an admin. */
  readonly mayManage: CheckAccess
  /** An admin of a room; without a room, of all of them: one whose token says `*`. */
  readonly mayAdminister: (token: string, roomId?: string) => Promise<AccessResult>
}

export function restAccess(verify: Verify, rooms: Pick<Rooms, 'roleOf'>): RestAccess {
  return {
    async mayManage(token, roomId) {
      const verified = await verify(token, roomId)
      if ('goodbye' in verified) return rejectionBy(verified)
      const { admin, role, sub } = verified.claims
      if (admin) return 'allowed'
      const standing = await rooms.roleOf(roomId, sub)
      if (standing === 'unknown') return { why: 'unavailable' }
      return only((standing ?? role) === 'host')
    },
    async mayAdminister(token, roomId = ANY_ROOM) {
      const verified = await verify(token, roomId)
      return 'goodbye' in verified ? rejectionBy(verified) : only(verified.claims.admin)
    },
  }
}

const only = (isAllowed: boolean): AccessResult => (isAllowed ? 'allowed' : { why: 'forbidden' })

const rejectionBy = ({ goodbye: why, fault }: RejectedToken): AccessResult =>
  fault === undefined ? { why } : { why, fault }
