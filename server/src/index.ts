/**
 * The signaling server of Peerstage: rooms as a log, on `ws`.
 *
 * @packageDocumentation
 */
export type { IceServer, Limits, ModeName, Role } from '@peerstage/sdk/protocol'
export type { AdminApi } from './admin'
export type { PublicKeyAlgorithm } from './auth/algorithms'
export type { Jwk } from './auth/jwk'
export { type SigningKey, type SignOptions, signToken, TokenOptionError, type TokenOptions } from './auth/sign-token'
export type { AuthOptions, KeyOptions } from './config/auth'
export type { LimitOptions } from './config/limits'
export type { MetricsOptions } from './config/metrics'
export { ConfigError, type Problem, type SettingsInput } from './config/settings'
export type { TurnOptions } from './config/turn-servers'
export type { RoomStats } from './hosting/room-stats'
export type { RequestListener } from './http/listener'
export type { Listening } from './http/own-ports'
export type { Lifecycle } from './lifecycle'
export { memoryLog } from './log/memory/memory-log'
export { type SqliteLogOptions, type SqliteRoomLog, sqliteLog } from './log/sqlite/sqlite-log'
export type { Clock, OwnClock } from './ports/clock'
export type { Batch, HistoryQuery, RoomLog, StoredRoom } from './ports/log'
export { ENDED_FOR_MS, LogNotReady, LogUnavailable, REPLAY_WINDOW } from './ports/log'
export type { Logger } from './ports/logger'
export type { KeptMessage } from './room/command'
export type { Ban, Ledger, ServerState, SessionRecord, StoredRecord } from './room/index'
export { createPeerstageServer, type PeerstageServer, type PeerstageServerOptions } from './server'
