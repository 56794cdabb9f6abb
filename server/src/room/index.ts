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
export { isRemoved, participantOfIdentity } from './join'
export type { Ban, Ledger, Secret, SessionRecord } from './ledger'
export { cleanName, NAMELESS } from './names'
export { route } from './route'
export { type Decided, type Rejected, rejected, type ServerState, type StoredRecord } from './state'
