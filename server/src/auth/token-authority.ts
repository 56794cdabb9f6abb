import { randomBytes } from 'node:crypto'
import type { Clock } from '../ports/clock'
import type { Logger } from '../ports/logger'
import { Jwks } from './jwks'
import { fixedKeys, type KeySource, type TokenKey } from './keys'
import { signToken, type TokenOptions } from './sign-token'
import { createVerify, DEFAULT_AUDIENCE, type Verify } from './verify-token'

/** Verifies tokens and, if it has a secret, signs them. */
export type TokenAuthority = {
  readonly verify: Verify
  readonly sign: (options: TokenOptions) => Promise<string>
  readonly close: () => void
}

/** Where the keys come from, and what a token must say: the option `auth`, its keys read. */
export type TokenRules = {
  readonly keys: readonly TokenKey[]
  readonly jwksUrl?: string
  readonly jwksRefreshSeconds: number
  readonly jwksMaxAgeSeconds: number
  readonly audience: string
  readonly issuer?: string
  readonly maxTokenAgeSeconds?: number
}

export type TokenAuthorityPorts = {
  readonly auth: TokenRules | undefined
  /** Dev mode's own key, if it must outlive the process. */
  readonly devKey: Uint8Array | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Created from the option `auth`. Dev mode has no such option, and signs with a random secret. */
export function createTokenAuthority({ auth, devKey, clock, logger }: TokenAuthorityPorts): TokenAuthority {
  const own = () => [{ kid: undefined, alg: 'HS256', material: devKey ?? randomBytes(32) } as const]
  const given = auth === undefined ? own() : auth.keys
  const keys = auth?.jwksUrl === undefined ? fixedKeys(given) : jwksOf(auth, auth.jwksUrl, clock, logger)
  const { audience = DEFAULT_AUDIENCE, issuer, maxTokenAgeSeconds } = auth ?? {}
  return {
    verify: createVerify({ keys, audience, issuer, maxTokenAgeSeconds, now: () => clock.wall() }),
    sign: (options) =>
      sign(given, { ...options, now: clock.wall(), audience, ...(issuer === undefined ? {} : { issuer }) }),
    close: () => keys.close(),
  }
}

function jwksOf(auth: TokenRules, url: string, clock: Clock, logger: Logger): KeySource {
  const refreshMs = auth.jwksRefreshSeconds * 1000
  return new Jwks({ url, refreshMs, maxAgeMs: auth.jwksMaxAgeSeconds * 1000, clock, logger })
}

/** The first secret signs: the newest one stands first while two of them serve. */
async function sign(
  keys: readonly TokenKey[],
  options: TokenOptions & { audience: string; issuer?: string; now: number },
): Promise<string> {
  for (const { material, kid } of keys) {
    if (material instanceof Uint8Array)
      return signToken({ ...options, secret: material, ...(kid === undefined ? {} : { kid }) })
  }
  throw new TypeError('This server has public keys only: sign where the private key is, by signToken({ key, … }).')
}
