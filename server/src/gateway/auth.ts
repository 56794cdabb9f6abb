import { jwtVerify } from 'jose'
import * as v from 'valibot'
import { ANY_ROOM, type TokenClaims, tokenClaims } from './claims'

export type AuthSettings = {
  readonly secret: Uint8Array
  readonly audience: string
  /** Oldest `iat` that is accepted, in seconds; makes `iat` required. */
  readonly maxTokenAgeSeconds?: number
  /** ms since the epoch. */
  readonly now: () => number
}

/** What a good token says, or why it is none. The reason is one and the same for every fault: nothing is learnt from it. */
export type Verified =
  | { readonly claims: TokenClaims; readonly expiresAt: number }
  | { readonly goodbye: 'unauthorized' | 'forbidden'; readonly reason: string }

/** Verifies a token for one room. Never throws. */
export type Verify = (token: string, roomId: string) => Promise<Verified>

/** How far clocks may be apart, in seconds. */
const LEEWAY_SECONDS = 10

export const UNAUTHORIZED = { goodbye: 'unauthorized', reason: 'The token is not valid.' } as const

/** HS256 alone: a token that names another algorithm, `none` among them, is refused before its signature is looked at. */
export function createVerify({ secret, audience, maxTokenAgeSeconds, now }: AuthSettings): Verify {
  return async (token, roomId) => {
    try {
      const { payload } = await jwtVerify(token, secret, {
        algorithms: ['HS256'],
        audience,
        requiredClaims: ['exp', 'sub', 'room'],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: new Date(now()),
        ...(maxTokenAgeSeconds === undefined ? {} : { maxTokenAge: maxTokenAgeSeconds }),
      })
      const claims = v.parse(tokenClaims, payload, { abortEarly: true })
      if (claims.room !== roomId && claims.room !== ANY_ROOM) {
        return { goodbye: 'forbidden', reason: 'The token is for another room.' }
      }
      return { claims, expiresAt: claims.exp * 1000 }
    } catch {
      return UNAUTHORIZED
    }
  }
}
