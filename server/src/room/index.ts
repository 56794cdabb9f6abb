/** The rules of a room. Pure: no socket, clock or randomness is known here. */
export type {
  Accepted,
  AnyCommand,
  ArchivedMessage,
  Claims,
  DecideContext,
  Decision,
  InternalCommand,
  JoinCommand,
  RelayMessage,
  RoomRules,
  Routed,
  TurnedAway,
} from './command'
export { type Deadlines, deadlines } from './deadlines'
export { decide } from './decide'
export { evolveState, fold, toRecords } from './fold'
export { isRemoved, participantOfIdentity } from './join'
export type { Ban, Ledger, Secret, SessionRecord } from './ledger'
export { applyBans } from './moderation-ledger'
export { cleanName, NAMELESS } from './names'
export { route } from './route'
export { type Decided, type Refused, refuse, type ServerState, type StoredRecord } from './state'
