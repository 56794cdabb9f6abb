import { isLocalName } from '../auth/local-request'

/** Whether a page of this origin may connect. */
export type OriginRule = (origin: string | undefined) => boolean

/** What is wrong with a text that is to name origins. */
type Fault = { readonly fault: string }

const NO_ORIGIN = 'must be an origin like https://example.com, without a path'
const WILDCARD =
  'may have * for one whole label alone, before a domain: https://*.example.com, but not https://*, https://*.com or https://a*.example.com'

/** What has no host that DNS knows: an app's own scheme, such as capacitor://localhost, app://-, or file://. */
const APP = /^(?!https?:|wss?:)[a-z][a-z\d+.-]*:\/\/[\w.-]*(?::\d+)?$/i
/** The only label, and what stands around it. */
const FIRST_LABEL = /^(https?:\/\/)\*\.([^*]+)$/i

/**
 * An allow-list; without one any page may come, because nothing here rides on cookies. A missing Origin is no browser, and shows
 * a token like everybody.
 */
export function originRule(allowed: readonly string[] | undefined): OriginRule {
  if (allowed === undefined) return () => true
  const rules = allowed.map(readOrigin).flatMap((rule) => ('fault' in rule ? [] : [rule]))
  const exact = new Set(rules.flatMap((rule) => rule.exact ?? []))
  const behindLabel = new Set(rules.flatMap((rule) => rule.behindLabel ?? []))
  return (origin) => {
    if (origin === undefined) return true
    const plain = canonical(origin)
    if (plain === undefined) return false
    return exact.has(plain) || behindLabel.has(plain.replace(/^(https?:\/\/)[^./]+\./, '$1'))
  }
}

/**
 * What an entry of the list lets in: one origin, or those that have exactly one label more than this one. Case counts for nothing, and
 * the port of a scheme need not be said.
 */
export function readOrigin(
  text: string,
):
  | Fault
  | { readonly exact: string; readonly behindLabel?: never }
  | { readonly behindLabel: string; readonly exact?: never } {
  if (text === '*') return { fault: 'must not be *: leave the list out, and pages of any origin may connect' }
  if (/^null$/i.test(text)) {
    return {
      fault:
        'must not be null: every page can have that origin, in a sandboxed frame; leave the list out to let such pages in',
    }
  }
  if (/^wss?:/i.test(text))
    return { fault: 'must be where the page comes from, with https:// or http://, not where sockets go' }
  if (text.includes('*')) {
    const [, scheme, domain = ''] = FIRST_LABEL.exec(text) ?? []
    const plain = scheme === undefined ? undefined : canonical(scheme + domain)
    return plain === undefined || !isWideEnough(plain) ? { fault: WILDCARD } : { behindLabel: plain }
  }
  const exact = canonical(text)
  return exact === undefined ? { fault: NO_ORIGIN } : { exact }
}

/** As browsers write it; undefined for what is no origin. */
function canonical(text: string): string | undefined {
  if (APP.test(text)) return text.toLowerCase()
  if (!/^https?:\/\/[^\s/?#@\\]+$/i.test(text) || !URL.canParse(text)) return undefined
  return new URL(text).origin
}

/** Not a whole top-level domain, nor the numbers of an address. */
function isWideEnough(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || (/[^.]\.[^.]/.test(hostname) && !/(?:^|\.)\d+$|\]$/.test(hostname))
}

/** Pages of this machine alone: what dev mode allows, where no token is asked for. */
export const localOrigins: OriginRule = (origin) => {
  if (origin === undefined) return true
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname)
}
