/**
 * The signaling server of Peerstage: rooms as a log, on `ws`.
 *
 * @packageDocumentation
 */
export type { IceServer, Limits, ModeName, Role } from '@peerstage/sdk/protocol'
export type { AuthOptions, KeyOptions } from './auth-config'
export { ConfigError, type Problem, type SettingsInput } from './config'
export type { PublicKeyAlgorithm } from './gateway/algorithms'
export type { Clock, HistoryQuery, Journal, KeptMessage, OwnClock, RoomLog, StoredRoom, Turn } from './hosting/ports'
export { ENDED_FOR_MS, LogNotReady, LogUnavailable, REPLAY_WINDOW } from './hosting/ports'
export type { RoomStats } from './hosting/room-stats'
export type { RequestListener } from './http/listener'
export type { Listening } from './http/own-ports'
export type { Inside } from './inside'
export type { Jwk } from './jwk'
export type { Lifetime } from './lifetime'
export type { LimitOptions } from './limit-config'
export { memoryLog } from './log/memory'
export { type SqliteLogOptions, type SqliteRoomLog, sqliteLog } from './log/sqlite'
export type { MetricsOptions } from './metrics-config'
export type { Ban, Ledger, ServerState, SessionRecord, StoredRecord } from './room/index'
export { createPeerstageServer, type PeerstageServer, type PeerstageServerOptions } from './server'
export { type SigningKey, type SignOptions, signToken, TokenOptionError, type TokenOptions } from './tokens'
export type { TurnOptions } from './turn-config'
