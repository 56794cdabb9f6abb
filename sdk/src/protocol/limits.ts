import * as v from 'valibot'

/** An older server does not send the newest limits. A client then uses their defaults. */
const limit = (byDefault: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), byDefault)

/** The limits for a client. The server sends them in `welcome.limits`, so that the SDK rejects locally and limits its own rate. */
export const limits = v.object({
  /** Bytes of one frame of a client (UTF-8). The server also splits its batches at this size. */
  maxFrameBytes: limit(64 * 1024),
  /** Characters of one chat text: Unicode code points. */
  maxChatCharacters: limit(2000),
  /** Bytes of one chat text (UTF-8). */
  maxChatBytes: limit(4096),
  /** Bytes of one app message's JSON (UTF-8). */
  maxDataBytes: limit(8192),
  /** Bytes of one session description (UTF-8). */
  maxSdpBytes: limit(32 * 1024),
  /** Bytes of one ICE candidate line (UTF-8). */
  maxCandidateBytes: limit(1024),
  /** Participants in a room, including those that are reconnecting. While no host is in it, one seat is kept for a host. */
  maxParticipants: limit(20),
  /** Commands that may wait for their reply at once. */
  maxUnansweredCommands: limit(32),
  /** Chat messages a second, in the long run. */
  chatPerSecond: limit(5),
  /** Chat messages that may arrive at once after a pause. */
  chatBurst: limit(10),
  /** All commands a second, in the long run. */
  commandsPerSecond: limit(20),
  /** Commands that may arrive at once after a pause. */
  commandBurst: limit(40),
  /** Casts (reactions and app data) a second, in the long run. */
  castsPerSecond: limit(20),
  /** Casts that may arrive at once after a pause. */
  castBurst: limit(40),
  // Relayed to 19 others this is 10 Mbit/s. The burst has room for forty of the largest casts.
  /** Bytes of casts a second, in the long run: of the whole message (UTF-8). */
  castBytesPerSecond: limit(64 * 1024),
  /** Bytes of casts that may arrive at once after a pause. */
  castByteBurst: limit(400 * 1024),
  // As much as people can read.
  /** Chat messages of a whole room a second, in the long run. */
  roomChatPerSecond: limit(20),
  /** Chat messages of a whole room that may arrive at once after a pause. */
  roomChatBurst: limit(40),
  /** Joins of one identity into one room a second, in the long run. Resumes and reloads count too. */
  joinsPerSecond: limit(1),
  /** Joins of one identity into one room that may arrive at once after a pause. */
  joinBurst: limit(10),
  // A new participant sends 19 answers with their candidates within one second: some hundred messages (measured).
  /** Signals of one connection a second, in the long run. */
  signalsPerSecond: limit(200),
  /** Signals of one connection that may arrive at once after a pause. */
  signalBurst: limit(1000),
  // One negotiation has one description and at most about 64 candidates.
  /** Signals to one peer a second, in the long run. */
  pairSignalsPerSecond: limit(20),
  /** Signals to one peer that may arrive at once after a pause. */
  pairSignalBurst: limit(80),
  // Otherwise one peer could fill the queue of another.
  /** Bytes of signals to one peer a second, in the long run. */
  pairBytesPerSecond: limit(32 * 1024),
  /** Bytes of signals to one peer that may arrive at once after a pause. */
  pairByteBurst: limit(256 * 1024),
  /** ICE candidates to one peer in one epoch. */
  maxCandidates: limit(64),
  // More than any snapshot and than the replay window, so that a resume cannot overflow the queue and start again.
  /** Bytes that may wait for one slow reader. */
  maxQueuedBytes: limit(1024 * 1024),
  /** Messages of a whole room that may wait while the log is slow. */
  maxQueuedInputs: limit(1000),
  /** How long the verification of a token may take, in ms. */
  verificationMs: limit(5000),
  /** How long a verified connection may wait without a seat (prejoin screen), in ms. */
  holdMs: limit(300_000),
  /** The server closes a connection that reads nothing for this time, in ms. */
  stalledMs: limit(10_000),
  // After an outage of 300 s, a grace of 60 s loses 0.13 % of the clients, one of 30 s 3.9 % (simulated).
  /** How long the seat of a lost participant is kept, in ms. */
  graceMs: limit(60_000),
  /** How long the seat of a participant that closed its tab or left the page is kept, in ms. Shorter, because most of them do not return. */
  closedTabGraceMs: limit(10_000),
  /** How long a room without a host waits for one, in ms, before a guest becomes host. */
  hostGraceMs: limit(60_000),
  /** How long an empty room stays open, in ms. */
  emptyRoomMs: limit(60_000),
})
/** The limits of a server for its clients. @useDeclaredType */
export type Limits = v.InferOutput<typeof limits>

/** The default limits. Those of texts and signals cannot be changed, because the schemas check them. */
export const DEFAULT_LIMITS: Limits = v.getDefaults(limits)

/** Messages of one frame of a client. Without this limit, 64 KiB of `{}` would cost 20,000 checks; real messages have some hundred bytes. */
export const MAX_FRAME_MESSAGES = 1024
/** Characters of an encoded hello. A URL-less upgrade header must fit the 8 KB header line of common proxies (nginx's default). */
export const MAX_HELLO_CHARACTERS = 6 * 1024
/** Characters of a token's `sub`: Unicode code points. */
export const MAX_IDENTITY_CHARACTERS = 256
/** Characters of a display name, after cleaning: Unicode code points. */
export const MAX_NAME_CHARACTERS = 64
/** Bytes of a participant's metadata as JSON (UTF-8). A token with that and the longest identity and name still fits a hello. */
export const MAX_METADATA_BYTES = 2048
/** Chat messages that a room keeps for new participants. */
export const CHAT_KEPT = 100
/** Accepted command ids that the ledger keeps for each session. */
export const ANSWERED_COMMANDS_KEPT = 64
