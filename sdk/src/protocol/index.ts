/**
 * The protocol of Peerstage: schemas, limits, codes, and the fold that client and server share.
 * It depends neither on the client and the server, nor on the DOM and Node.
 *
 * @packageDocumentation
 */

export { type ChatHistoryResult, type ChatMessage, chatHistoryResult } from './chat'
export {
  type Cast,
  type ClientMessage,
  type ClientMessageOf,
  type Command,
  cast,
  clientMessage,
  type RoomCommand,
  type RoomCommandOf,
  type SessionCommand, // a part of `Command`, which apps see
} from './client-message'
export {
  type Decoded,
  type DecodedFrame, // what `decodeClientFrame` and `decodeServerFrame` return
  decodeClientFrame,
  decodeHello,
  decodeServerFrame,
  encodeHello,
  encodeMessage,
  joinFrame,
} from './codec'
export {
  GOODBYES,
  type GoodbyeCode,
  goodbyeOfClose,
  REJECTIONS,
  type Rejection,
  type RejectionCode,
  type Retry,
  reject,
} from './errors'
export { roomId, sessionKey } from './ids'
export { isSafeJson, MAX_JSON_DEPTH } from './json'
export {
  ANSWERED_COMMANDS_KEPT,
  CHAT_KEPT,
  DEFAULT_LIMITS,
  type Limits,
  limits,
  MAX_FRAME_MESSAGES,
  MAX_HELLO_CHARACTERS,
  MAX_IDENTITY_CHARACTERS,
  MAX_METADATA_BYTES,
  MAX_NAME_CHARACTERS,
} from './limits'
export type { SourceChange } from './media'
export { type BanListResult, banListResult, type ListedBan, MAX_BANS } from './moderation'
export type { Edge, Participant } from './participants'
export { mayActOn, mayGive, PERMISSIONS, type Permission, permissionsOf } from './permissions'
export {
  isOnStage,
  MODES,
  type Mode,
  type ModeName,
  outranks,
  ROLES,
  type Role,
  role,
  SOURCES,
  type Source,
} from './roles'
export {
  EVENT_VERSION,
  evolve,
  type LoggedEvent,
  NEW_ROOM,
  participantOf,
  type Room,
  type RoomEvent,
  type RoomEventOf,
  roomEvent,
  type UnknownEvent,
} from './room'
export {
  type CastDown,
  type Goodbye,
  type IceServer,
  iceServer,
  isTurn,
  type Reply,
  type ServerMessage,
  type ServerMessageOf,
  serverMessage,
  type Welcome,
} from './server-message'
export { type Hello, hello, type Presence } from './session'
export {
  type Epoch,
  fitsLayout,
  LAYOUT,
  type OfferBody,
  offerBody,
  type SignalBody,
  type SignalDown,
  type SignalUp,
} from './signal'
export { NO_SOURCES, publishedSources, type SourceState, type SourceStates, UNPUBLISHED } from './sources'
export type { StageInvitation, StageRequest } from './stage'
export { countCharacters, isBlank, utf8Bytes } from './text'
export { HELLO_PREFIX, PROTOCOL_FLOOR, PROTOCOL_VERSION, ROOMS_PATH, SUBPROTOCOL } from './version'
