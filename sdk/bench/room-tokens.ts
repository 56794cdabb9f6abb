import { SECRET } from '../../server/bench/settings'
import { signToken } from '../../server/src/auth/sign-token'

/** The identity and the name of one of a room. */
export const nameOf = (index: number): string => `person-${index}`

/** Tokens for a room: the first is a host's, as a room without a host keeps a place for one. */
export const roomTokens = (room: string, count: number): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) => {
      const identity = nameOf(index)
      return signToken({ secret: SECRET, room, identity, name: identity, role: index === 0 ? 'host' : 'guest' })
    }),
  )
