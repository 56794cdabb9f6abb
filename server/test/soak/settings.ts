// What the server of a soak and its simulated users agree on.

export const SECRET = 'a secret of the soak, long enough to be one'

/** For how long chat is kept: old messages go all the time. */
export const CHAT_SECONDS = 20
