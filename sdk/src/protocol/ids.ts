import * as v from 'valibot'

/** A room's name on the wire and in URLs. Chosen by the app. */
export const roomId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** One opening of a room: server-made, a new one each time the room opens. */
export const instanceId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** What others see of a participant: server-made, never the identity. */
export const participantId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** A chat message: server-made. */
export const messageId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** A ban: server-made. It stands for an identity, which is never shown. */
export const banId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))

/** Command ids rise within a session, so that the ledger can tell a resent command from a new one. */
export const commandId = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** The number of an event in its room's log. The first event has 1; 0 stands for "nothing yet". */
export const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** 256 random bits made by the client, base64url without padding: 43 characters. */
export const sessionKey = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))

/** One stay of a client in a room: random, made when a loaded page (or process) joins. All connections of the stay bring it. */
export const joinId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{8,64}$/))

/** Milliseconds since the epoch, by the server's clock. */
export const timestamp = v.pipe(v.number(), v.finite())
