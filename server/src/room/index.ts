/** The rules of a room. Pure: no socket, clock or randomness is known here. */
export type {
  AnyCommand,
  ArchivedMessage,
  Claims,
  DecideContext,
  Decision,
  InternalCommand,
  JoinCommand,
  RoomRules,
  Routed,
} from './command'
export { type Deadlines, deadlines } from './deadlines'
export { decide } from './decide'
export { evolveState, fold, toRecords } from './fold'
export { isRemoved } from './join'
export type { Secret, SessionRecord } from './ledger'
export type { Ban } from './moderation-ledger'
export { cleanName, NAMELESS } from './names'
export { participantOfIdentity } from './participants'
export { route } from './route'
export type { Ledger, ServerState } from './slices'
export { type Decided, type Rejected, rejected, type StoredRecord } from './state'
