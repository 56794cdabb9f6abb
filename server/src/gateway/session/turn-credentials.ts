import { createHmac } from 'node:crypto'

/** A TURN server that takes passwords which expire, and the key that it shares with us. */
export type TurnServer = {
  readonly urls: string | string[]
  readonly secret: string
  readonly ttlSeconds: number
}

/**
 * A user and password that a TURN server takes until they expire; coturn calls it `use-auth-secret`
 * (draft-uberti-behave-turn-rest-00). The server needs no list of users: the name says when it ends, and the password proves it.
 * @param id whom they are for. It goes over the wire in the clear, and stands in the TURN server's log
 * @param now ms since the epoch
 */
export function turnCredentials({ secret, ttlSeconds }: Omit<TurnServer, 'urls'>, id: string, now: number) {
  const username = `${Math.floor(now / 1000) + ttlSeconds}:${id}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
