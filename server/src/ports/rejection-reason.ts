import type { GoodbyeCode, RejectionCode } from '@peerstage/sdk/protocol'

/** A limit that a client has exceeded. */
export type LimitReason =
  | 'command_rate'
  | 'chat_rate'
  | 'room_chat_rate'
  | 'cast_rate'
  | 'cast_bytes'
  | 'signal_rate'
  | 'pair_rate'
  | 'pair_bytes'
  | 'candidates'
  /** Offers of all others to one participant. */
  | 'receiver_offers'
  /** Bytes of signals of all others to one participant. */
  | 'receiver_bytes'
  | 'heartbeat_rate'
  | 'join_rate'
  | 'holds'
  /** More commands at once than may be unanswered. */
  | 'unanswered'
  /** Ten times one of these: the connection ends. */
  | 'flood'
  /** The room's queue is full. */
  | 'queue_full'

/** Why something was rejected, as metrics and the audit log name it: words of the code, so that no client can add one. */
export type RejectionReason =
  | GoodbyeCode
  | RejectionCode
  | LimitReason
  /** A frame of more than `maxFrameBytes`: 1009. */
  | 'oversized_frame'
  /** Sockets of one address: `busy`, and in a flood a bare 429. */
  | 'address_full'
  /** Sockets of the process: a bare 503. */
  | 'server_full'
  /** Sockets in verification: a bare 503. */
  | 'verifying_full'
  /** TCP connections of the process, HTTP included: cut unanswered. */
  | 'connections_full'
  /** A connection that the system could not accept; it often does not report too many open files. */
  | 'accept_failed'
  /** A request that was not complete in time: 408. */
  | 'slow_request'
  /** Headers of more than 16 KiB: 431. */
  | 'oversized_headers'
  /** A request that is not HTTP: 400. */
  | 'bad_request'
  /** A peer that sent nothing between two pings: its connection is terminated. */
  | 'dead'
