import type { Verify } from './gateway/auth'
import { ANY_ROOM } from './gateway/claims'
import type { Rooms } from './hosting/rooms'

/** What a bearer may do by REST. `unknown`: that cannot be told now. */
export type Access = {
  /** Looks after a room: its host, as the room has it and not the token alone, or an admin. */
  readonly mayManage: (token: string, roomId: string) => Promise<boolean | 'unknown'>
  /** An admin of a room; without a room, of all of them: one whose token says `*`. */
  readonly mayAdminister: (token: string, roomId?: string) => Promise<boolean | 'unknown'>
}

export function accessOf(verify: Verify, rooms: Pick<Rooms, 'standingOf'>): Access {
  return {
    async mayManage(token, roomId) {
      const verified = await verify(token, roomId)
      if ('goodbye' in verified) return refused(verified)
      const { admin, role, sub } = verified.claims
      if (admin) return true
      const standing = await rooms.standingOf(roomId, sub)
      return standing === 'unknown' ? 'unknown' : (standing ?? role) === 'host'
    },
    async mayAdminister(token, roomId = ANY_ROOM) {
      const verified = await verify(token, roomId)
      return 'goodbye' in verified ? refused(verified) : verified.claims.admin
    },
  }
}

const refused = ({ goodbye }: { goodbye: string }): false | 'unknown' => (goodbye === 'unavailable' ? 'unknown' : false)
