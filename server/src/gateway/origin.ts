import { isLocalName } from './local-request'

/** Whether a page of this origin may connect. */
export type OriginRule = (origin: string | undefined) => boolean

/**
 * An exact allow-list; without one any page may come, because nothing here rides on cookies. A missing Origin is no
 * browser, and shows a token like everybody.
 */
export function originRule(allowed: readonly string[] | undefined): OriginRule {
  if (allowed === undefined) return () => true
  const origins = new Set(allowed)
  return (origin) => origin === undefined || origins.has(origin)
}

/** Pages of this machine alone: what dev mode allows, where no token is asked for. */
export const localOrigins: OriginRule = (origin) => {
  if (origin === undefined) return true
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname)
}
