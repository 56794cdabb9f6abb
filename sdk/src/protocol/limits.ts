import * as v from 'valibot'

const count = v.pipe(v.number(), v.integer(), v.minValue(1))

/** What the server holds a client to. Advertised in `welcome.limits`, so that the SDK refuses locally and paces itself. */
export const limits = v.object({
  /** Bytes of one upward frame (UTF-8). Also where downward batches are cut. */
  maxFrameBytes: count,
  /** UTF-16 code units of one chat text. */
  maxChatCharacters: count,
  /** Bytes of one chat text (UTF-8). */
  maxChatBytes: count,
  /** Bytes of one app message's JSON (UTF-8). */
  maxDataBytes: count,
  /** Bytes of one session description (UTF-8). */
  maxSdpBytes: count,
  /** Bytes of one ICE candidate line (UTF-8). */
  maxCandidateBytes: count,
  /** Participants in a room, those that are reconnecting included. */
  maxParticipants: count,
  /** Commands that may wait for their reply at once. */
  maxUnansweredCommands: count,
  /** Chat messages a second, in the long run. */
  chatPerSecond: count,
  /** Chat messages that may come at once after a pause. */
  chatBurst: count,
  /** All commands a second, in the long run. */
  commandsPerSecond: count,
  /** Commands that may come at once after a pause. */
  commandBurst: count,
  /** Casts (reactions and app data) a second, in the long run. */
  castsPerSecond: count,
  /** Casts that may come at once after a pause. */
  castBurst: count,
  /** Chat messages of a whole room a second, in the long run. */
  roomChatPerSecond: count,
  /** Chat messages of a whole room that may come at once after a pause. */
  roomChatBurst: count,
  /** Joins of one identity into one room a second, in the long run: resumes and reloads too. */
  joinsPerSecond: count,
  /** Joins of one identity into one room that may come at once after a pause. */
  joinBurst: count,
  /** Signals of one connection a second, in the long run. */
  signalsPerSecond: count,
  /** Signals of one connection that may come at once after a pause. */
  signalBurst: count,
  /** Signals to one peer a second, in the long run. */
  pairSignalsPerSecond: count,
  /** Signals to one peer that may come at once after a pause. */
  pairSignalBurst: count,
  /** Bytes of signals to one peer a second, in the long run. */
  pairBytesPerSecond: count,
  /** Bytes of signals to one peer that may come at once after a pause. */
  pairByteBurst: count,
  /** ICE candidates to one peer in one epoch. */
  maxCandidates: count,
  /** Bytes that may wait for one slow reader. */
  maxQueuedBytes: count,
  /** Messages of a whole room that may wait while its log takes its time. */
  maxQueuedInputs: count,
})
/** What the server holds a client to. @useDeclaredType */
export type Limits = v.InferOutput<typeof limits>

/** What a server holds its clients to unless it is told otherwise. Texts and signals are held to theirs by the schemas, always. */
export const DEFAULT_LIMITS: Limits = {
  maxFrameBytes: 64 * 1024,
  maxChatCharacters: 2000,
  maxChatBytes: 4096,
  maxDataBytes: 8192,
  maxSdpBytes: 32 * 1024,
  maxCandidateBytes: 1024,
  maxParticipants: 20,
  maxUnansweredCommands: 32,
  chatPerSecond: 5,
  chatBurst: 10,
  commandsPerSecond: 20,
  commandBurst: 40,
  castsPerSecond: 20,
  castBurst: 40,
  // What people can still read.
  roomChatPerSecond: 20,
  roomChatBurst: 40,
  joinsPerSecond: 1,
  joinBurst: 10,
  // A newcomer's 19 answers with their candidates come within one second: some hundred messages (measured).
  signalsPerSecond: 200,
  signalBurst: 1000,
  // One negotiation has a description and at most some 64 candidates.
  pairSignalsPerSecond: 20,
  pairSignalBurst: 80,
  // Else one peer could fill another's queue.
  pairBytesPerSecond: 32 * 1024,
  pairByteBurst: 256 * 1024,
  maxCandidates: 64,
  // More than any snapshot, and than the replay window, so that a resume can't loop.
  maxQueuedBytes: 1024 * 1024,
  maxQueuedInputs: 1000,
}

/** Messages of one upward frame. Real ones have some hundred bytes; without it, 64 KiB of `{}` would take 20,000 checks. */
export const MAX_FRAME_MESSAGES = 1024
/** Characters of an encoded hello. A URL-less upgrade header must fit the 8 KB header line of common proxies (nginx's default). */
export const MAX_HELLO_CHARACTERS = 6 * 1024
/** Characters of a token's `sub`. */
export const MAX_IDENTITY_CHARACTERS = 256
/** Characters of a display name, after cleaning. */
export const MAX_NAME_CHARACTERS = 64
/** Bytes of a participant's metadata as JSON (UTF-8): what still fits a hello, in a token beside the longest identity and name. */
export const MAX_METADATA_BYTES = 2048
/** Chat messages that a room keeps for a newcomer. */
export const CHAT_KEPT = 100
/** Accepted command ids that the ledger keeps for each session. */
export const ANSWERED_COMMANDS_KEPT = 64
