import { ROLES, type Role } from '@peerstage/sdk/protocol'
import type { RoomHost } from './room-host'

/** One open room in numbers; for REST and metrics. */
export type RoomStats = {
  /** The room's id. */
  readonly roomId: string
  /** This opening of the room. */
  readonly instance: string
  /** ms since the epoch. */
  readonly openedAt: number
  /** Whether new identities are rejected. */
  readonly locked: boolean
  /** The name of its mode: `voice`, `camera` or `studio`. */
  readonly mode: string
  /** Number of its last event. */
  readonly seq: number
  /** How many of each role, those who are reconnecting included. */
  readonly participants: Readonly<Record<Role, number>>
  /** Those among the participants whose connection is down for now. */
  readonly reconnecting: number
}

/** Undefined where no instance is open. */
export function statsOf({ state, seats, roomId }: RoomHost): RoomStats | undefined {
  if (state === undefined) return undefined
  const { instance, openedAt, locked, mode, seq } = state.room
  const participants = Object.fromEntries(
    ROLES.map((role) => [role, state.room.participants.filter((each) => each.role === role).length]),
  ) as Record<Role, number>
  return { roomId, instance, openedAt, locked, mode: mode.name, seq, participants, reconnecting: seats.downCount }
}
