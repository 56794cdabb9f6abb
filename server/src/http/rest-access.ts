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
      if (!verified.ok) return rejectionBy(verified.error)
      const { admin, role, sub } = verified.claims
      if (admin) return ALLOWED
      const current = await rooms.roleOf(roomId, sub)
      if (current === 'unknown') return { ok: false, error: { why: 'unavailable' } }
      return only((current ?? role) === 'host')
    },
    async mayAdminister(token, roomId = ANY_ROOM) {
      const verified = await verify(token, roomId)
      return verified.ok ? only(verified.claims.admin) : rejectionBy(verified.error)
    },
  }
}

const ALLOWED = { ok: true } as const

const only = (isAllowed: boolean): AccessResult => (isAllowed ? ALLOWED : { ok: false, error: { why: 'forbidden' } })

const rejectionBy = ({ goodbye: why, fault }: RejectedToken): AccessResult => ({
  ok: false,
  error: fault === undefined ? { why } : { why, fault },
})
