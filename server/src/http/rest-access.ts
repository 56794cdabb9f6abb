import type { RejectedToken, Verify } from '../auth/verify-token'
import { ANY_ROOM } from '../auth/verify-token'
import type { Rooms } from '../hosting/rooms'
import type { AccessResult, CheckAccess } from './require-access'

/** The checks of REST access. */
export type RestAccess = {
  /** Whether a bearer may manage a room: an admin, or a host in the state of the room, not only in the token. */
  readonly mayManage: CheckAccess
  /** Whether a bearer is an admin of a room; without a room, of all rooms (token with room `*`). */
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
      if (!current.ok) return { ok: false, error: { why: current.error } }
      return only(!current.isRemoved && (current.role ?? role) === 'host')
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
