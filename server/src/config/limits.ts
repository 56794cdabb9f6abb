import { DEFAULT_LIMITS, type Limits } from '@peerstage/sdk/protocol'
import * as v from 'valibot'

/** The schema of a whole number within bounds, which its error message names. */
export const wholeNumber = (min: number, max: number) => {
  const sentence = `must be a whole number from ${min} to ${max}`
  return v.pipe(v.number(sentence), v.integer(sentence), v.minValue(min, sentence), v.maxValue(max, sentence))
}

/** The limits that a server may set. Those of texts and signals are fixed by the protocol. */
export type LimitOptions = Readonly<
  Partial<Omit<Limits, 'maxChatCharacters' | 'maxChatBytes' | 'maxSdpBytes' | 'maxCandidateBytes'>>
>

const limit = (most = 1_000_000) => v.exactOptional(wholeNumber(1, most))

const ms = (least: number, most: number) => v.exactOptional(wholeNumber(least, most))

const bytes = (least: number) => v.exactOptional(wholeNumber(least, 1024 ** 3))

/** The largest valid cast: a value, 20 ids of 64 characters as addressees, and the keys. With a smaller budget it could never be sent. */
const LARGEST_CAST_BYTES = DEFAULT_LIMITS.maxDataBytes + 2048

/** The option `limits`. The schemas of the protocol limit some of these to their defaults, so a server may only lower them. */
export const limitSettings = v.strictObject(
  {
    maxFrameBytes: v.exactOptional(wholeNumber(DEFAULT_LIMITS.maxFrameBytes, 1024 * 1024)),
    maxDataBytes: limit(DEFAULT_LIMITS.maxDataBytes),
    maxParticipants: limit(DEFAULT_LIMITS.maxParticipants),
    maxUnansweredCommands: limit(),
    chatPerSecond: limit(),
    chatBurst: limit(),
    commandsPerSecond: limit(),
    commandBurst: limit(),
    castsPerSecond: limit(),
    castBurst: limit(),
    castBytesPerSecond: bytes(1024),
    castByteBurst: bytes(LARGEST_CAST_BYTES),
    roomChatPerSecond: limit(),
    roomChatBurst: limit(),
    joinsPerSecond: limit(),
    joinBurst: limit(),
    signalsPerSecond: limit(),
    signalBurst: limit(),
    pairSignalsPerSecond: limit(),
    pairSignalBurst: limit(),
    pairBytesPerSecond: bytes(1024),
    // At least one description must fit, or a peer could never connect.
    pairByteBurst: bytes(2 * DEFAULT_LIMITS.maxSdpBytes),
    maxCandidates: limit(),
    // A resume sends the whole replay window at once, and must not overflow the queue.
    maxQueuedBytes: bytes(DEFAULT_LIMITS.maxQueuedBytes / 2),
    maxQueuedInputs: limit(),
    // A client waits 10 s for its first frame. The verification must end before that, so that the client gets the reason.
    verificationMs: ms(1000, 9000),
    holdMs: ms(10_000, 3_600_000),
    // The server checks every 5 s.
    stalledMs: ms(5000, 60_000),
    // The clients of a drained server come back within 10 s, and must find their seats.
    graceMs: ms(15_000, 600_000),
    closedTabGraceMs: ms(1000, 600_000),
    hostGraceMs: ms(1000, 600_000),
    // Up to a day, because a backend may open rooms long before a participant joins.
    emptyRoomMs: ms(1000, 86_400_000),
  },
  ({ expected }) => (expected === 'never' ? 'is not a limit' : 'must be an object like {"chatPerSecond": 2}'),
)
