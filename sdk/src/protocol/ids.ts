import * as v from 'valibot'

/** The id of a room, in messages and URLs. The app chooses it. */
export const roomId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** The id of an instance: the server makes a new one each time the room opens. */
export const instanceId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** The public id of a participant. The server makes it; it is not the identity. */
export const participantId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** The id of a chat message. The server makes it. */
export const messageId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** The id of a ban. The server makes it, so that the banned identity stays private. */
export const banId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** The id of a command. Ids increase within a session, so that the ledger can distinguish a resent command from a new one. */
export const commandId = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** The number of an event in its room's log. The first event has 1; 0 means "no event yet". */
export const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** 256 random bits that the client makes, as base64url without padding: 43 characters. */
export const sessionKey = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))

/** Identifies one stay of a client in a room. A page or process makes it at random when it joins, and all its connections send it. */
export const joinId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,64}$/))

/** Milliseconds since the epoch, by the server's clock. */
export const timestamp = v.pipe(v.number(), v.finite())
